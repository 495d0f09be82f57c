"""Refuses arguments of a measure or a budget with which it would check nothing, or fail with an error of its own."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from best_practice_constructs.errors import InvalidArgumentError

_RUNTIME = re.compile(r"python3\.\d+", re.ASCII)
_ARCHITECTURES = ("arm64", "x86_64")
_BYTE_CODE = ("available", "none")
_UNITS = {"": 1, "k": 1_000, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_SIZE = re.compile(r"\s*(?P<figure>\d+(?:\.\d+)?)\s*(?P<unit>[kKMG]?)i?B?\s*", re.ASCII)


class MeasureArguments:
    """Checks what the helper that measures a bundle was given.

    :param helper: its name, which errors begin with.
    """

    def __init__(self, helper: str) -> None:
        self._helper = helper

    def function(self, *, entry: object, handler: object) -> None:
        """Refuse an entry without the handler, as a construct does."""
        # Loads the constructs' library, which tests of handlers do without.
        from best_practice_constructs.functions.handler_lookup import UnusableHandlerError, find_handler

        if not isinstance(entry, str | os.PathLike):
            raise self._refused(
                f"entry={entry!r}", "it is no directory", "pass the directory that the construct is given"
            )
        directory = Path(entry)
        if not directory.is_dir():
            is_file = directory.is_file()
            raise self._refused(
                f"entry={str(entry)!r}",
                "it is a file" if is_file else f"there is no directory {directory.resolve().as_posix()!r}",
                f"pass the directory that holds it, {directory.parent.as_posix()!r}"
                if is_file
                else "pass the directory that the construct is given, relative to where the test runs or absolute",
            )
        if not isinstance(handler, str):
            raise self._refused(f"handler={handler!r}", "it is no text", "write 'module.function'")
        try:
            find_handler(directory, handler)
        except UnusableHandlerError as error:
            raise self._refused(f"handler={handler!r}", error.reason, error.remedy) from None
        except SyntaxError as error:
            raise self._refused(
                f"handler={handler!r}",
                f"this Python cannot read its module: {error}",
                "mend what is written there, or run the test with the function's Python",
            ) from error

    def platform(self, *, runtime: object, architecture: object, byte_code: object) -> None:
        """Refuse what Lambda has no name of; ``None`` is for the default."""
        if runtime is not None and not (isinstance(runtime, str) and _RUNTIME.fullmatch(runtime)):
            raise self._refused(
                f"runtime={runtime!r}", "Lambda has no Python of that name", "write it as Lambda does, 'python3.14'"
            )
        for name, given, known in (
            ("architecture", architecture, (None, *_ARCHITECTURES)),
            ("byte_code", byte_code, _BYTE_CODE),
        ):
            if given not in known:
                names = [repr(each) for each in known if each]
                reason = f"it is neither {' nor '.join(names)}"
                raise self._refused(f"{name}={given!r}", reason, f"write {' or '.join(names)}")

    def runs(self, *, environment: object, repeats: object) -> None:
        """Refuse variables that no process can have, and a number of times that is none."""
        if environment is not None and not isinstance(environment, Mapping):
            raise self._refused(
                f"environment={environment!r}", "it is no mapping", "write environment={'TABLE_NAME': 'orders'}"
            )
        for name, value in environment.items() if isinstance(environment, Mapping) else ():
            if not isinstance(name, str) or not isinstance(value, str):
                raise self._refused(
                    f"environment={{{name!r}: {value!r}}}",
                    "variables of a process are texts",
                    f"write {{{str(name)!r}: {str(value)!r}}}",
                )
        if not isinstance(repeats, int) or isinstance(repeats, bool) or repeats < 1:
            raise self._refused(
                f"repeats={repeats!r}",
                "the handler's module is loaded that often, and the shortest time counts",
                "pass a whole number from 1",
            )

    def budget(self, *, zipped_bytes: object, import_milliseconds: object, not_imported: object) -> list[str]:
        """Refuse figures that are none, and a call without any.

        :returns: the modules that must not be imported.
        """
        if zipped_bytes is not None and not (isinstance(zipped_bytes, int) and _is_above_0(zipped_bytes)):
            raise self._refused(
                f"zipped_bytes={zipped_bytes!r}",
                "it is no whole number of bytes above 0",
                f"write the bytes, zipped_bytes={_in_bytes(zipped_bytes):_}",
            )
        if import_milliseconds is not None and not _is_above_0(import_milliseconds):
            raise self._refused(
                f"import_milliseconds={import_milliseconds!r}",
                "it is no number of milliseconds above 0",
                "write the milliseconds, import_milliseconds=250",
            )
        modules = list(self._modules(not_imported))
        if zipped_bytes is None and import_milliseconds is None and not modules:
            raise self._refused(
                "no zipped_bytes, import_milliseconds or not_imported",
                "without one of them nothing is held to anything, and it passes whatever the bundle grows to; "
                "recorded= only tells what grew",
                "pass the most that one may be, such as zipped_bytes=2_000_000, or call measure_bundle for the figures",
            )
        return modules

    def record(self, recorded: object) -> Path | None:
        """Give the file of a record, of whatever names it."""
        if recorded is None:
            return None
        if not isinstance(recorded, str | os.PathLike) or Path(recorded).is_dir():
            is_place = isinstance(recorded, str | os.PathLike)
            raise self._refused(
                f"recorded={str(recorded) if is_place else recorded!r}",
                "it is a directory" if is_place else "it names no file",
                "name a JSON file, one for each function, such as 'tests/budgets/place_order.json'",
            )
        return Path(recorded)

    def unreadable_record(self, recorded: Path, reason: str) -> InvalidArgumentError:
        """Give the error of a record that cannot be compared with."""
        return self._refused(
            f"recorded={str(recorded)!r}", reason, "delete it, to have it written anew, or name another file"
        )

    def _modules(self, not_imported: object) -> Iterable[str]:
        if isinstance(not_imported, str | bytes) or not isinstance(not_imported, Iterable):
            text = not_imported if isinstance(not_imported, str) else ""
            raise self._refused(
                f"not_imported={not_imported!r}",
                "it is one name, of which each letter would be looked for" if text else "it is no list of modules",
                f"write not_imported=[{text or 'pydantic'!r}]",
            )
        for module in not_imported:
            if not isinstance(module, str) or not all(part.isidentifier() for part in module.split(".")):
                named = str(module).replace("-", "_")
                is_name = all(part.isidentifier() for part in named.split("."))
                raise self._refused(
                    f"{module!r} in not_imported",
                    "no module has such a name, so that it is never loaded",
                    f"write the name that is imported, {named!r}" if is_name else "write the name that is imported",
                )
            yield module

    def _refused(self, given: str, reason: str, remedy: str) -> InvalidArgumentError:
        from best_practice_constructs.errors import InvalidArgumentError

        return InvalidArgumentError(self._helper, given=given, reason=reason, remedy=remedy)


def _is_above_0(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _in_bytes(size: object) -> int:
    """Give the bytes of a size such as ``"2 MB"``, or some where it is none."""
    found = _SIZE.fullmatch(str(size))
    return round(float(found["figure"]) * _UNITS[found["unit"] or ""]) if found else 2_000_000
