/* The tables of a snapshot, from checked rows in schema `staged` to the attached file `snapshot`.
`snapshot` holds the code lists already; `staged` has cases, cohorts, seizures and arrivals in the
shape of their contracts. Every case gets a number and a row, cases of which only cohorts or
seizures are known included: theirs says nothing but its month, and `opened` is NULL. A cohort's
`case_persons` are all that its case moved and `corridor_persons` those of its corridor, a seizure's
`case_quantities` all that was seized in its case and `case_quantity` all of that item. */
create temp table numbered as
with first_months as (
    select
        case_id,
        date_trunc('month', opened)::date as month,
        1 as place,
    from staged.cases
    union all
    select
        case_id,
        min(month) as month,
        2 as place,
    from staged.cohorts
    group by case_id
    union all
    select
        case_id,
        min(date_trunc('month', date))::date as month,
        3 as place,
    from staged.seizures
    group by case_id
),

dated as (
    select
        case_id,
        arg_min(month, place) as month,
    from first_months
    group by case_id
)

select
    (row_number() over (order by month, case_id))::integer as case_no,
    record_key('case', case_id) as case_key,
    case_id,
    month,
from dated;

create table snapshot.cases as
select
    numbered.case_no,
    numbered.case_id,
    numbered.month,
    cases.opened,
    cases.closed,
    coalesce(cases.province, 'unknown') as province,
    cases.prefecture,
    cases.gang,
    cases.kind,
    cases.suspects_organiser::integer as suspects_organiser,
    cases.suspects_forger::integer as suspects_forger,
    cases.suspects_transporter::integer as suspects_transporter,
    cases.suspects_other::integer as suspects_other,
    cases.suspects_unknown::integer as suspects_unknown,
    case
        when
            coalesce(
                cases.suspects_organiser,
                cases.suspects_forger,
                cases.suspects_transporter,
                cases.suspects_other,
                cases.suspects_unknown
            ) is not null
            then (
                coalesce(cases.suspects_organiser, 0)
                + coalesce(cases.suspects_forger, 0)
                + coalesce(cases.suspects_transporter, 0)
                + coalesce(cases.suspects_other, 0)
                + coalesce(cases.suspects_unknown, 0)
            )::integer
    end as suspects,
    cases.fee_band,
    cases.status,
    cases.flag,
    cases.source,
    cases.note,
    numbered.case_key,
from numbered
left join staged.cases as cases on numbered.case_id = cases.case_id
order by numbered.case_no;

create table snapshot.cohorts as
with moved as (
    select
        case_id,
        origin,
        destination,
        sum(persons) as persons,
        sum(sum(persons)) over (partition by case_id) as case_persons,
    from staged.cohorts
    group by
        case_id,
        origin,
        destination
)

select *
from (
    select
        cohorts.cohort_id,
        numbered.case_no,
        cohorts.case_id,
        numbered.month as case_month,
        cohorts.month,
        cohorts.origin,
        cohorts.prefecture,
        cohorts.destination,
        countries.region,
        cohorts.route,
        cohorts.transit,
        cohorts.age_group,
        cohorts.sex,
        cohorts.persons::integer as persons,
        cases.gang,
        cohorts.flag,
        cohorts.source,
        cohorts.note,
        record_key('cohort', cohorts.cohort_id) as record_key,
        numbered.case_key,
        record_key('gang', cases.gang) as gang_key,
        moved.case_persons::integer as case_persons,
        moved.persons::integer as corridor_persons,
    from staged.cohorts as cohorts
    inner join numbered on cohorts.case_id = numbered.case_id
    inner join moved
        on
            cohorts.case_id = moved.case_id
            and cohorts.origin is not distinct from moved.origin
            and cohorts.destination is not distinct from moved.destination
    left join staged.cases as cases on cohorts.case_id = cases.case_id
    left join snapshot.codes_countries as countries on cohorts.destination = countries.code
    union all
    select
        null as cohort_id,
        cases.case_no,
        cases.case_id,
        cases.month as case_month,
        cases.month,
        'unknown' as origin,
        null as prefecture,
        'unknown' as destination,
        'unknown' as region,
        'unknown' as route,
        null as transit,
        'unknown' as age_group,
        'unknown' as sex,
        0 as persons,
        cases.gang,
        null as flag,
        null as source,
        null as note,
        null as record_key,
        cases.case_key,
        record_key('gang', cases.gang) as gang_key,
        0 as case_persons,
        0 as corridor_persons,
    from snapshot.cases as cases
    anti join staged.cohorts as cohorts on cases.case_id = cohorts.case_id
) as every_case
order by month, origin, destination, case_no, cohort_id;

create table snapshot.seizures as
select
    seizures.seizure_id,
    numbered.case_no,
    seizures.case_id,
    date_trunc('month', seizures.date)::date as month,
    seizures.date,
    seizures.province,
    seizures.item,
    items.class,
    seizures.quantity,
    seizures.unit,
    cases.gang,
    seizures.flag,
    seizures.source,
    seizures.note,
    record_key('seizure', seizures.seizure_id) as record_key,
    numbered.case_key,
    sum(seizures.quantity) over (
        partition by seizures.case_id, seizures.item, seizures.unit
    )::double as case_quantity,
    sum(seizures.quantity) over (partition by seizures.case_id)::double as case_quantities,
from staged.seizures as seizures
inner join numbered on seizures.case_id = numbered.case_id
left join staged.cases as cases on seizures.case_id = cases.case_id
left join snapshot.codes_items as items on seizures.item = items.code
order by month, seizures.item, numbered.case_no, seizures.seizure_id;

create table snapshot.arrivals as
select *
from staged.arrivals
order by source, year, month, citizenship, arrival_id;

drop table numbered;

create table snapshot.loads as
select *
from staged.loads
order by loaded_at, file, "table";

create table snapshot.rules as
select *
from staged.rules
order by load_id, file, "table", "column", rule;
