"""Screens that are imported for each test anew, as a start of the application does, but read from disk only once."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from types import CodeType, ModuleType
from typing import Any


class _Loader:
    """Runs the code of a module that has been read before; answers all else as the one that has read it."""

    def __init__(self, loader: Any, code: CodeType) -> None:
        self._loader, self._code = loader, code

    def create_module(self, spec: ModuleSpec) -> None:
        """The usual module."""

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, vars(module))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


class KeptCode:
    """Finds the modules of a package; a third of what importing them takes is looking for them and reading them."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.read: dict[str, tuple[str | None, _Loader, list[str] | None]] = {}

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        """The module of this name, where it is one of these."""
        if name.partition('.')[0] != self.package:
            return None
        if name not in self.read:
            spec = PathFinder.find_spec(name, path)
            if spec is None or spec.loader is None:
                return spec
            self.read[name] = (
                spec.origin,
                _Loader(spec.loader, spec.loader.get_code(name)),
                spec.submodule_search_locations,
            )
        origin, loader, folders = self.read[name]
        return spec_from_file_location(name, origin, loader=loader, submodule_search_locations=folders and [*folders])

    def forget(self) -> None:
        """Let the next import run all of them again."""
        for name in [name for name in sys.modules if name.partition('.')[0] == self.package]:
            del sys.modules[name]
