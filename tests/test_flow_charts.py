"""The Sankey keeps its total and never loops; the map draws arcs in proportion, labels apart."""

import json
from itertools import pairwise
from math import dist

import pytest
from invented import invented

from dashboard import charts
from dashboard.charts import arcs, flow_map, labels, world
from dashboard.charts.base import Page, breadth
from data import contracts

ANSWERS = invented()


class TestSankey:
    rows = ANSWERS["routes"].records()

    def stages(self, width: int = 760) -> tuple[list[str], list[tuple[int, int, float]]]:
        trace = charts.draw(ANSWERS["routes"], "en", width=width)["data"][0]
        link = trace["link"]
        return trace["node"]["label"], list(
            zip(link["source"], link["target"], link["value"], strict=True)
        )

    @pytest.mark.parametrize("width", [340, 760, 1600])
    def test_what_flows_in_and_out_is_the_total(self, width):
        _, links = self.stages(width)
        sources, targets = {one for one, _, _ in links}, {two for _, two, _ in links}
        total = sum(row["value"] for row in self.rows)
        assert sum(value for one, _, value in links if one not in targets) == total
        assert sum(value for _, two, value in links if two not in sources) == total

    def test_a_country_of_transit_that_is_a_destination_never_loops(self):
        labels, links = self.stages()
        assert any(label.startswith("via Ecuador") for label in labels)
        assert any(label.startswith(("Ecuador", "Russia")) for label in labels)
        onward: dict[int, set[int]] = {}
        for one, two, _ in links:
            onward.setdefault(one, set()).add(two)

        def reaches(node: int, seen: frozenset[int]) -> bool:
            return node in seen or any(
                reaches(after, seen | {node}) for after in onward.get(node, ())
            )

        assert not any(reaches(node, frozenset()) for node in onward)

    def test_a_route_with_other_keeps_it_apart_from_countries(self):
        labels, _ = self.stages()
        assert len([label for label in labels if label.startswith("Other")]) >= 3

    @pytest.mark.parametrize("language", ["zh", "en"])
    @pytest.mark.parametrize("width", [330, 760, 1240])
    def test_every_node_has_a_label_of_its_own_and_none_lies_on_another(self, language, width):
        spec = charts.draw(ANSWERS["routes"], language, width=width)
        layout, node = spec["layout"], spec["data"][0]["node"]
        margin = layout["margin"]
        across = width - margin["l"] - margin["r"]
        high = layout["height"] - margin["t"] - margin["b"]
        notes = [note for note in layout["annotations"] if "<b>" in note["text"]]
        assert len(notes) == len(node["label"])
        boxes = []
        for note in notes:
            wide, lines = (
                breadth(note["text"], note["font"]["size"]),
                note["text"].count("<br>") + 1,
            )
            left = margin["l"] + note["x"] * across + note.get("xshift", 0)
            left -= {"right": wide, "center": wide / 2, "left": 0}[note["xanchor"]]
            tall = 14 * lines
            top = margin["t"] + (1 - note["y"]) * high
            top -= tall if note["yanchor"] == "bottom" else tall / 2
            assert left >= 0 and left + wide <= width and 0 <= top <= layout["height"] - tall
            boxes.append((left, top, left + wide, top + tall))
        assert not any(labels.meet(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :])


def _off(point, curve):
    """How far a point lies from the straight lines between a curve's points."""
    x, y = point
    least = dist(point, curve[0])
    for (ax, ay), (bx, by) in pairwise(curve):
        dx, dy = bx - ax, by - ay
        part = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy or 1)
        part = min(max(part, 0), 1)
        least = min(least, dist(point, (ax + part * dx, ay + part * dy)))
    return least


class TestMap:
    spec = charts.draw(ANSWERS["corridors"], "zh", "map")

    def test_the_land_is_named_once_and_never_carried(self):
        assert [image["source"] for image in self.spec["layout"]["images"]] == [world.ADDRESS]
        assert len(json.dumps(self.spec)) < 80_000

    def test_a_file_that_stands_alone_carries_the_land(self):
        image = charts.standalone(self.spec)["layout"]["images"][0]
        assert image["source"].startswith("data:image/svg+xml;base64,")
        assert self.spec["layout"]["images"][0]["source"] == world.ADDRESS

    def test_lines_are_silent_and_midpoints_carry_the_corridor(self):
        ribbons = [trace for trace in self.spec["data"] if trace.get("fill") == "toself"]
        assert ribbons and all(trace["hoverinfo"] == "skip" for trace in ribbons)
        middles = next(trace for trace in self.spec["data"] if trace.get("meta") == "corridors")
        assert all(len(code) == 2 for code in middles["customdata"])

    def test_an_arc_is_thin_where_it_starts_and_wide_before_it_ends(self):
        widths = [arcs.taper(n / 20) for n in range(21)]
        assert widths[:20] == sorted(widths[:20]) and widths[20] == 0

    def test_widths_are_in_proportion_to_persons(self):
        page = Page(ANSWERS["corridors"], "zh")
        rows = sorted((r for r in page.rows if r["value"]), key=lambda row: -row["value"])[:2]
        one, two = flow_map._arcs(page, rows)
        assert one.half / two.half == pytest.approx(rows[0]["value"] / rows[1]["value"])

    @pytest.mark.parametrize("width", [340, 760, 1200])
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_no_label_lies_on_another(self, width, language):
        page = Page(ANSWERS["corridors"], language, width=width)
        spots = {"USA": (0.0, 0.0), "CAN": (0.05, 0.02), "MEX": (0.05, -0.02), "BRA": (1.0, -0.4)}
        sizes = dict.fromkeys(spots, 10.0)
        names = {code: page.label("countries", code) for code in spots}
        placed = labels.placed_labels(page, spots, sizes, names)
        area = world.world()
        scale = width / (area.right - area.left)
        boxes = [
            labels.box(
                ((x - area.left) * scale, (area.top - y) * scale), 10, names[code], placed[code]
            )
            for code, (x, y) in spots.items()
            if code in placed
        ]
        met = [(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if labels.meet(a, b)]
        assert placed and not met

    @pytest.mark.parametrize(("width", "height"), [(330, 0), (570, 240), (1200, 0)])
    def test_no_label_drawn_lies_on_another_or_leaves_the_sheet(self, width, height):
        spec = charts.draw(ANSWERS["corridors"], "en", "map", width=width, height=height)
        below = spec["layout"]["margin"]["b"]
        targets = next(trace for trace in spec["data"] if trace.get("meta") == "destinations")
        laid = labels.sheet(Page(ANSWERS["corridors"], "en", width=width, height=height), below)
        columns = ("x", "y", "text", "textposition")
        drawn = zip(*(targets[name] for name in columns), targets["marker"]["size"], strict=True)
        boxes = [
            labels.box(laid.spot((x, y)), size, text, position)
            for x, y, text, position, size in drawn
            if text
        ]
        assert len(boxes) >= 5
        assert not [
            (a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if labels.meet(a, b)
        ]
        assert all(left >= 0 and right <= width for left, _, right, _ in boxes)

    @pytest.mark.parametrize("width", [330, 570, 1240])
    def test_a_curve_keeps_within_a_small_part_of_a_pixel(self, width, monkeypatch):
        page = Page(ANSWERS["corridors"], "en", width=width)
        pixel = 1 / labels.sheet(page).pixels
        rows = [row for row in page.rows if row["value"] and flow_map._origin(row)]
        drawn = flow_map._arcs(page, [row for row in rows if flow_map._country(row["destination"])])
        assert min(len(arc.curve) for arc in drawn) < max(len(arc.curve) for arc in drawn)
        monkeypatch.setattr(arcs, "MOST", 500)
        for arc in drawn:
            fine = arcs.bend(arc.curve[0], arc.curve[-1], pixel / 100)
            assert len(fine) > 3 * len(arc.curve)
            assert max(_off(point, arc.curve) for point in fine) < 0.2 * pixel

    def test_an_arrow_points_at_the_destination(self):
        page = Page(ANSWERS["corridors"], "en")
        row = next(row for row in page.rows if row["destination"] == "USA" and row["value"])
        arc = flow_map._arcs(page, [row])[0]
        tip, left, right, _ = arcs.head(arc, 0.02, 0.005)
        far = [dist(point, arc.curve[-1]) for point in (tip, left, right)]
        assert far[0] == pytest.approx(0.02) and far[0] < min(far[1:])

    def test_the_pacific_is_in_the_middle_and_every_country_on_the_map(self):
        area = world.world()
        assert area.place(-100, 40)[0] > area.place(120, 30)[0] > area.place(0, 50)[0]
        for code in contracts.codes("countries"):
            if code.attributes["lon"] and code.code not in ("ATA", "SGS", "BVT", "SJM", "GRL"):
                x, y = area.place(float(code.attributes["lon"]), float(code.attributes["lat"]))
                assert area.left <= x <= area.right and area.bottom <= y <= area.top, code.code

    def test_corridors_left_out_are_counted_as_numbers_are_written(self):
        page = Page(ANSWERS["corridors"], "en")
        assert "corridors not drawn: 1,293" in flow_map._notes(page, page.rows[:3], 1293)

    def test_a_map_without_a_place_says_so(self):
        rows = [row | {"destination": "unknown"} for row in ANSWERS["corridors"].records()[:3]]
        spec = charts.draw(ANSWERS["corridors"].only(rows), "en", "map")
        said = [note["text"] for note in spec["layout"]["annotations"]]
        assert "Origins or destinations are not stated and cannot be drawn" in said
