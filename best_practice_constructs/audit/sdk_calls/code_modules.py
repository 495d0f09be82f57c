"""The modules of a function's code that are read (C2)."""

from __future__ import annotations

from best_practice_constructs.audit.sdk_calls.code_files import CodeFiles
from best_practice_constructs.audit.sdk_calls.code_scope import Module
from best_practice_constructs.audit.sdk_calls.scope_reader import read_module


class CodeModules:
    """Gives the modules of one function's code.

    :param files: the code.
    """

    def __init__(self, files: CodeFiles) -> None:
        self._files = files
        self._modules: dict[str, Module | None] = {}

    def module(self, name: str) -> Module | None:
        """Give a module by its dotted name; ``None`` where it is not read.

        Of the packages of others only what imports boto3 or botocore is, itself or through what it imports.

        :raises CallDeclarationError: a comment begins as a declaration of calls and is none.
        """
        if name not in self._modules:
            is_read = not self._files.is_of_others(name) or self._leads_to_sdk(name)
            self._modules[name] = self._read(name) if is_read else None
        return self._modules[name]

    def _read(self, name: str) -> Module | None:
        found = self._files.module(name)
        return read_module(name, *found) if found else None

    def _leads_to_sdk(self, name: str) -> bool:
        waiting, seen = [name], {name}
        while waiting:
            each = waiting.pop()
            module = self._read(each) if self._files.is_of_others(each) else None
            if module is None:
                continue
            if module.imports_sdk:
                return True
            waiting.extend(module.imported - seen)
            seen |= module.imported
        return False
