"""Names, shapes and required inputs of a resource type, read from the installed SDK's source.

The SDK is generated from the vendor's provider schema, so it says what that provider accepts:
its Args class has the inputs (required = no default), its resource class the outputs. An output
that is typed Optional is one that only the user sets; an optional input whose output is not
Optional is one that AWS computes when it is left out. Reading one file of source takes some
milliseconds; importing the SDK takes 8 s for all types, and 0.5 s for the first.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sandbox.providers.errors import ProviderError
from sandbox.providers.names import snake


@dataclass(frozen=True, slots=True)
class Shape:
    """The type of a value: str, int, float, bool, any, list, map, or object with `fields`."""

    kind: str
    element: Shape | None = None
    folder: str = ""
    name: str = ""

    @property
    def fields(self) -> dict[str, Property]:
        """The properties of an object."""
        return _object_fields(self.folder, self.name) if self.kind == "object" else {}


ANY = Shape("any")
SCALARS = ("str", "int", "float", "bool")


@dataclass(frozen=True, slots=True)
class Property:
    """One input or output: `optional` = may be left out (input), may be null (output)."""

    shape: Shape
    optional: bool


@dataclass(frozen=True, slots=True)
class TypeSchema:
    """What the SDK says about a resource type."""

    token: str
    inputs: dict[str, Property]
    outputs: dict[str, Property]
    secrets: frozenset[str] = field(default_factory=frozenset)

    def is_computed(self, name: str) -> bool:
        """Whether AWS gives the value when the user does not."""
        output = self.outputs.get(name)
        return (
            output is not None
            and not output.optional
            and (name not in self.inputs or self.inputs[name].optional)
        )


@cache
def type_schema(token: str) -> TypeSchema:
    """The schema of a type token such as `aws:ec2/vpc:Vpc`; ProviderError if the SDK has none."""
    folder, class_name = _locate(token)
    text = _source_of(folder, class_name, token).read_text(encoding="utf-8")
    resource = _properties_of(text, f"class {class_name}(pulumi.CustomResource)")
    names = dict(_names(resource))
    # InitArgs where a nested object of the same module has the name already
    heads = (f"\nclass {class_name}{tail}:" for tail in ("Args", "InitArgs"))
    args = next((found for head in heads if (found := _class(text, head))), None)
    inputs = _inputs(args, str(folder)) if args else {}
    outputs = {
        names[python]: _property(annotation, str(folder))
        for python, annotation in _outputs(resource)
    }
    return TypeSchema(token, inputs, outputs, frozenset(_secrets(text, names)))


@cache
def config_names(package: str) -> frozenset[str]:
    """The configuration keys that a provider knows (camelCase)."""
    tree = ast.parse((_root(package) / "provider.py").read_text(encoding="utf-8"))
    args = next(
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "ProviderArgs"
    )
    return frozenset(name for _, name in _names(args))


@cache
def _root(package: str) -> Path:
    spec = importlib.util.find_spec(f"pulumi_{package}")  # finds it without importing it
    if spec is None or spec.origin is None:
        raise ProviderError(
            f"the Python package pulumi-{package} is not installed; run `make setup`"
        )
    return Path(spec.origin).parent


def _locate(token: str) -> tuple[Path, str]:
    """The folder and the class of a token, by the table in the SDK's own __init__."""
    package = token.split(":", 1)[0]
    root = _root(package)
    found = _init_text(package)
    start = found.find(f'"{token}": "')
    if start < 0:
        raise ProviderError(
            f"the installed SDK pulumi-{package} has no resource type {token}; check its spelling"
        )
    class_name = found[start:].split('"', 4)[3]
    fqn = found[found.rfind('"fqn": "', 0, start) :].split('"', 4)[3]
    return root.joinpath(*fqn.split(".")[1:]), class_name


@cache
def _init_text(package: str) -> str:
    return (_root(package) / "__init__.py").read_text(encoding="utf-8")


def _source_of(folder: Path, class_name: str, token: str) -> Path:
    likely = folder / f"{snake(class_name)}.py"
    for path in (likely, *folder.glob("*.py")):
        if path.exists() and f"\nclass {class_name}(pulumi.CustomResource)" in path.read_text(
            encoding="utf-8"
        ):
            return path
    raise ProviderError(f"the installed SDK has no source for {token}")


def _class(text: str, head: str) -> ast.ClassDef | None:
    """The class that begins with `head`, parsed alone: a file has much that nobody asks for."""
    start = text.find(head)
    if start < 0:
        return None
    end = text.find("\n@pulumi.", start)
    node = ast.parse(text[start : end if end > 0 else None]).body[0]
    return node if isinstance(node, ast.ClassDef) else None


def _properties_of(text: str, head: str) -> ast.ClassDef:
    """The properties of the last class of a file; its constructors and lookups are left out."""
    start = text.find("    @_builtins.property", text.find(head))
    node = ast.parse("class Properties:\n" + (text[start:] if start > 0 else "    pass")).body[0]
    assert isinstance(node, ast.ClassDef)
    return node


@cache
def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


@cache
def _object_fields(folder: str, name: str) -> dict[str, Property]:
    """The properties of an object type of `_inputs.py` (XArgs) or `outputs.py` (X)."""
    is_input = name.endswith("Args")
    text = _text(f"{folder}/_inputs.py" if is_input else f"{folder}/outputs.py")
    node = _class(text, f"\nclass {name}:" if is_input else f"\nclass {name}(dict):")
    if node is None:
        return {}
    if is_input:
        return _inputs(node, folder)
    names = dict(_names(node))
    return {names[python]: _property(annotation, folder) for python, annotation in _outputs(node)}


def _names(node: ast.ClassDef) -> list[tuple[str, str]]:
    """Python name and Pulumi name of the properties of a class."""
    found = []
    for item in node.body:
        if not isinstance(item, ast.FunctionDef) or item.name.startswith("__"):
            continue
        for mark in item.decorator_list:
            call = mark if isinstance(mark, ast.Call) else None
            target = call.func if call else mark
            if isinstance(target, ast.Attribute) and target.attr == "getter":
                named = [
                    word.value for word in (call.keywords if call else []) if word.arg == "name"
                ]
                name = named[0].value if named and isinstance(named[0], ast.Constant) else item.name
                found.append((item.name, str(name)))
    return found


def _inputs(node: ast.ClassDef, folder: str) -> dict[str, Property]:
    names = dict(_names(node))
    made = next(
        item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"
    )
    found: dict[str, Property] = {}
    for argument, default in zip(made.args.kwonlyargs, made.args.kw_defaults, strict=True):
        shape = _property(argument.annotation, folder).shape
        found[names.get(argument.arg, argument.arg)] = Property(shape, optional=default is not None)
    return found


def _outputs(node: ast.ClassDef) -> list[tuple[str, ast.expr | None]]:
    names = dict(_names(node))
    functions = [
        item for item in node.body if isinstance(item, ast.FunctionDef) and item.name in names
    ]
    return [(item.name, item.returns) for item in functions if item.returns is not None]


def _property(annotation: ast.expr | None, folder: str) -> Property:
    optional = False
    while True:
        match annotation:
            case ast.Subscript(value=ast.Attribute(attr="Input" | "Output"), slice=inner):
                annotation = inner
            case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
                annotation, optional = inner, True
            case _:
                return Property(_shape(annotation, folder), optional)


def _shape(annotation: ast.expr | None, folder: str) -> Shape:
    match annotation:
        case ast.Subscript(
            value=ast.Attribute(attr="Input" | "Output") | ast.Name(id="Optional"), slice=inner
        ):
            return _shape(inner, folder)
        case ast.Attribute(value=ast.Name(id="_builtins"), attr=name) if name in SCALARS:
            return Shape(name)
        case ast.Subscript(value=ast.Name(id="Sequence"), slice=inner):
            return Shape("list", _shape(inner, folder))
        case ast.Subscript(value=ast.Name(id="Mapping"), slice=ast.Tuple(elts=[_, inner])):
            return Shape("map", _shape(inner, folder))
        case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=[first, *_])):
            return _shape(first, folder)
        case ast.Constant(value=str(name)):
            plain = name.removeprefix("outputs.")
            is_object = plain != name or plain.endswith("Args")  # the rest are enums
            return (
                Shape("object", folder=folder, name=plain)
                if is_object and "." not in plain
                else ANY
            )
    return ANY


def _secrets(text: str, names: dict[str, str]) -> set[str]:
    found = set()
    for listed in re.findall(r"additional_secret_outputs=\[(.*?)\]", text):
        found.update(re.findall(r'"(\w+)"', listed))
    for python in re.findall(
        r'__dict__\["(\w+)"\] = None if \w+ is None else pulumi\.Output\.secret', text
    ):
        found.add(names.get(python, python))
    return found
