from __future__ import annotations

from pathlib import Path

import pytest

from best_practice_constructs.bundling.bundle_sources import bundle_sources
from best_practice_constructs.bundling.distribution import installed_distributions
from best_practice_constructs.bundling.needed_libraries import needed_libraries
from best_practice_constructs.bundling.use_of_libraries import use_of_libraries
from tests.unit.bundling.support import install, write_entry


def _needed(libraries: Path, handler: str, **others: str) -> set[str]:
    """Give what a handler needs, beside which the entry has one that imports every library."""
    distributions = installed_distributions(libraries)
    tops = {module.partition(".")[0] for each in distributions.values() for module in each.modules}
    everything = "".join(f"import {top}\n" for top in sorted(tops))
    entry = write_entry(libraries.parent / "entry", **{"handler.py": handler, "everything.py": everything, **others})
    use = use_of_libraries(bundle_sources(entry, handler="handler.handler"), top_level=tops)
    return set(needed_libraries(distributions, use))


@pytest.fixture
def libraries(tmp_path: Path) -> Path:
    directory = tmp_path / "libraries"
    install(directory, "web", {"web/__init__.py": "import sockets"}, requires=("sockets",))
    install(directory, "sockets", {"sockets.py": ""})
    install(directory, "Data_Base", {"database/__init__.py": ""})
    return directory


@pytest.mark.parametrize(
    ("handler", "needed"),
    [
        ("", set[str]()),
        ("import web", {"web", "sockets"}),
        ("from database import connect", {"data-base"}),
        ("def handler(event, context):\n    import database", {"data-base"}),
        ("NAME = 'database.Driver'", {"data-base"}),
        ("NAME = 'database:Driver'", {"data-base"}),
        ("import importlib\nimportlib.import_module(name)", {"web", "sockets", "data-base"}),
    ],
)
def test_what_the_handler_reaches_is_needed_with_what_that_requires(
    libraries: Path, handler: str, needed: set[str]
) -> None:
    assert _needed(libraries, handler) == needed


def test_a_configuration_names_libraries_as_well(libraries: Path) -> None:
    assert _needed(libraries, "", **{"logs.json": '{"class": "database.Handler"}'}) == {"data-base"}


def test_a_requirement_is_kept_though_nothing_imports_it(libraries: Path) -> None:
    install(libraries, "facade", {"facade.py": ""}, requires=("sockets; python_version >= '3.8'",))
    assert _needed(libraries, "import facade") == {"facade", "sockets"}


def test_what_a_library_loads_lazily_is_needed(libraries: Path) -> None:
    lazy = "from lazy import loader\nsdk = loader('database')"
    install(libraries, "powerful", {"powerful/__init__.py": lazy}, requires=("data-base; extra == 'sdk'",))
    assert _needed(libraries, "import powerful") == {"powerful", "data-base"}


def test_a_part_of_a_library_that_is_not_reached_needs_nothing(libraries: Path) -> None:
    install(libraries, "tracing", {"tracing/__init__.py": "", "tracing/patches.py": "import web"})
    assert _needed(libraries, "import tracing") == {"tracing"}
    assert _needed(libraries, "from tracing import patches") == {"tracing", "web", "sockets"}


DIALECTS = {
    "engine/__init__.py": "def connect(name):\n    return __import__('engine.dialects.%s' % name)",
    "engine/dialects/fast.py": "import database",
    "engine/dialects/odd.py": "import web",
}


def test_an_extra_that_a_library_may_load_by_a_computed_name_is_needed(libraries: Path) -> None:
    install(libraries, "engine", DIALECTS, requires=("data-base; extra == 'fast'",))
    assert _needed(libraries, "import engine") == {"engine", "data-base"}


def test_plugins_are_needed_where_something_looks_for_them(libraries: Path) -> None:
    install(libraries, "exporter", {"exporter.py": ""}, entry_points="[exporters]\nmine = exporter:Mine\n")
    install(libraries, "tool", {"tool.py": ""}, entry_points="[console_scripts]\ntool = tool:main\n")
    install(libraries, "telemetry", {"telemetry.py": "from importlib.metadata import entry_points"})
    assert _needed(libraries, "import web") == {"web", "sockets"}
    assert _needed(libraries, "import telemetry") == {"telemetry", "exporter"}
    assert _needed(libraries, "from importlib import metadata") == {"exporter"}


def test_what_nobody_names_was_asked_for_and_is_kept(libraries: Path, tmp_path: Path) -> None:
    install(libraries, "tzdata", {"tzdata/__init__.py": "", "tzdata/zones/Tokyo": ""}, requires=("leaps",))
    install(libraries, "leaps", {"leaps.py": ""})
    install(libraries, "clock", {"clock.py": ""}, requires=("tzdata; sys_platform == 'win32'",))
    entry = write_entry(tmp_path / "entry", **{"other.py": "import clock", "requirements.in": "clock\ntzdata"})
    use = use_of_libraries(bundle_sources(entry, handler="handler.handler"), top_level=("web", "tzdata", "clock"))
    assert needed_libraries(installed_distributions(libraries), use) == {"tzdata", "leaps"}


def test_where_nothing_tells_what_was_asked_for_all_that_nobody_names_is_kept(libraries: Path, tmp_path: Path) -> None:
    install(libraries, "driver", {"driver.py": ""}, requires=("driver[fast]; extra == 'all'",))
    entry = write_entry(tmp_path / "entry", **{"other.py": "import web", "requirements.txt": "driver==1.0"})
    use = use_of_libraries(bundle_sources(entry, handler="handler.handler"), top_level=("web", "driver", "database"))
    assert needed_libraries(installed_distributions(libraries), use) == {"driver", "data-base", "sockets"}


def test_what_lambda_holds_is_left_to_it_unless_a_package_or_the_entry_asks(libraries: Path, tmp_path: Path) -> None:
    install(libraries, "urllib3", {"urllib3/__init__.py": ""})
    install(libraries, "python-dateutil", {"dateutil/__init__.py": ""}, requires=("six>=1.5",))
    install(libraries, "six", {"six.py": ""})
    assert _needed(libraries, "import urllib3, dateutil, six") == set()
    install(libraries, "requests", {"requests/__init__.py": ""}, requires=("urllib3>=2",))
    assert _needed(libraries, "import requests") == {"requests", "urllib3"}
    assert _needed(libraries, "import dateutil", **{"requirements.in": "python-dateutil"}) == {"python-dateutil", "six"}


def test_a_library_that_this_python_cannot_read_may_need_anything(libraries: Path) -> None:
    install(libraries, "newer", {"newer/__init__.py": "def def"})
    assert _needed(libraries, "import newer") == {"newer", "web", "sockets", "data-base"}


def test_an_extra_that_no_import_explains_is_kept_with_what_it_belongs_to(libraries: Path) -> None:
    install(libraries, "PySocks", {"socks.py": ""})
    install(libraries, "requester", {"requester.py": ""}, requires=("PySocks; extra == 'socks'",))
    entry = write_entry(libraries.parent / "entry", **{"handler.py": "import requester"})
    use = use_of_libraries(bundle_sources(entry, handler="handler.handler"), top_level=("requester", "socks"))
    assert {"requester", "pysocks"} <= needed_libraries(installed_distributions(libraries), use)


def test_the_parts_of_a_namespace_are_told_apart(tmp_path: Path) -> None:
    install(tmp_path / "libraries", "space-a", {"space/a/__init__.py": ""})
    install(tmp_path / "libraries", "space-b", {"space/b/__init__.py": ""})
    assert _needed(tmp_path / "libraries", "import space.a") == {"space-a"}
