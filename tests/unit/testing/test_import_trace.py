from __future__ import annotations

from pathlib import Path

import pytest

from best_practice_constructs.testing.import_trace import ImportFailedError, import_milliseconds, trace_imports
from tests.unit.bundling.support import write_files


def test_each_module_is_told_with_the_chain_that_imported_it(tmp_path: Path) -> None:
    files = {"shop/__init__.py": "", "shop/sell.py": "import prices", "prices.py": "import rates", "rates.py": ""}
    write_files(tmp_path, **files)
    chains = {each.module: each.chain for each in trace_imports("shop.sell", path=[tmp_path], environment={})}
    assert chains["rates"] == ("shop.sell", "prices", "rates")
    assert chains["shop"][-1] == "shop"
    assert "encodings" not in chains


def test_what_is_installed_here_is_not_seen(tmp_path: Path) -> None:
    write_files(tmp_path, **{"handler.py": "import pytest"})
    with pytest.raises(ImportFailedError, match="No module named 'pytest'"):
        trace_imports("handler", path=[tmp_path], environment={})


def test_the_shortest_of_some_times_counts(tmp_path: Path) -> None:
    write_files(tmp_path, **{"handler.py": "import time; time.sleep(0.02)"})
    assert import_milliseconds("handler", path=[tmp_path], environment={}, repeats=2) >= 20
    assert list(tmp_path.iterdir()) == [tmp_path / "handler.py"]


def test_it_may_read_variables_write_something_and_have_any_name(tmp_path: Path) -> None:
    write_files(tmp_path, **{"place-order.py": "import os\nprint('cold start', os.environ['TABLE'])"})
    with pytest.raises(ImportFailedError, match="KeyError: 'TABLE'") as error:
        trace_imports("place-order", path=[tmp_path], environment={})
    assert "import time" not in str(error.value)
    variables = {"TABLE": "orders"}
    assert import_milliseconds("place-order", path=[tmp_path], environment=variables, repeats=1) > 0
    assert trace_imports("place-order", path=[tmp_path], environment=variables)[0].chain == ("place-order",)
