"""The small charts of the figures page."""

from __future__ import annotations

import pytest

from taskforge.admin.figures import charts
from taskforge.admin.figures.samples import Sample, make_sample
from taskforge.admin.figures.stores import StoreFigures
from taskforge.metrics.catalogue import BUCKETS


def test_charts_show_rates_percentiles_gaps_and_lost_counts() -> None:
    now = 10_000.0
    counted = [(600, 100), (585, 130), (570, 5), (15, 20), (0, 35)]  # lost, and then a gap
    series = [
        Sample(at=now - back, requests=total, buckets=[0, total, *[0] * (len(BUCKETS) - 1)])
        for back, total in counted
    ]
    requests, p95, *_ = charts.draw_charts(series, now)
    values = requests.series[0].values
    assert len(values) == charts.SLOTS
    assert values[-5] == pytest.approx(10.0)
    assert values[-4] is None
    assert values[-1] == pytest.approx(3.16, abs=0.01)
    assert 5 < p95.series[0].values[-1] <= 10
    assert requests.series[0].path.count("M") == 2


def test_an_hour_without_requests_is_no_error() -> None:
    sample = make_sample(0.0, {}, StoreFigures())
    for chart in charts.draw_charts([sample], 1.0):
        assert "last hour" in chart.summary
