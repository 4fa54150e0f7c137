"""What holds for every test: no network but loopback, and in CI no test that does not run."""

import os
from collections.abc import Generator

import pytest
from pytest_socket import socket_allow_hosts

pytest_plugins = ["tests.lanes", "tests.statements", "tests.crash.table", "tests.peers.fixtures"]

LOOPBACK = ["127.0.0.1", "::1"]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """A connection to another computer fails; pytest-socket lifts this after every test, so it is set before each."""
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that is skipped or expected to fail is a failure."""
    report = yield
    if os.environ.get("CI") and (report.skipped or hasattr(report, "wasxfail")):
        report.longrepr = f"{item.nodeid} did not run to its end, and in CI that is a failure: {_reason(report)}"
        report.outcome = "failed"
        vars(report).pop("wasxfail", None)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself."""
    report = yield
    if os.environ.get("CI") and report.skipped:
        report.longrepr = f"{collector.nodeid} skipped itself, and in CI that is a failure: {_reason(report)}"
        report.outcome = "failed"
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    place = report.longrepr
    return str(getattr(report, "wasxfail", "") or (place[2] if isinstance(place, tuple) else place))
