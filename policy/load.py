"""The policy file as plain values that still know their lines: the one door to ruamel.yaml."""

from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarbool import ScalarBoolean

from policy.faults import Finding, Path, PolicyFault, PolicyFaults

if TYPE_CHECKING:
    import pathlib

MOST_NODES = 100_000
"""Values in one file; aliases of aliases make a few lines into billions."""


class Document:
    """A policy file, read."""

    def __init__(self, file: str, content: bytes) -> None:
        """Takes the bytes of `file`; raises PolicyFaults where they are no YAML."""
        self.file = file
        self.content = content
        self._lines: dict[Path, int] = {(): 1}
        self._inside: set[int] = set()
        self.value = self._plain(self._tree(), ())

    def located(self, finding: Finding) -> PolicyFault:
        """The finding with its line, and with the id of the rule it is about."""
        known = finding.path
        while known not in self._lines:
            known = known[:-1]
        rule, key = None, finding.path
        match finding.path:
            case ("rules", int(index), *within):
                rule, key = self._name_of(index), tuple(within)
        return PolicyFault(
            file=self.file,
            line=self._lines[known],
            rule=rule,
            key=_spelled(key),
            message=finding.message,
            remedy=finding.remedy,
        )

    def _name_of(self, index: int) -> str:
        rule = self.value["rules"][index]
        said = rule.get("id") if isinstance(rule, dict) else None
        return said if isinstance(said, str) else f"number {index + 1}"

    def _tree(self) -> Any:
        try:
            return YAML(typ="rt").load(self.content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise self._broken(1, "the file is not UTF-8", "Save it as UTF-8.") from None
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._broken(mark.line + 1 if mark else 1, str(error.problem), "Mend the YAML there.") from None
        except (YAMLError, ValueError) as error:
            raise self._broken(1, str(error).splitlines()[0], "Mend the YAML.") from None
        except RecursionError:
            raise self._broken(1, "the file is nested too deep", "A policy needs five levels.") from None

    def _plain(self, node: Any, path: Path) -> Any:
        if isinstance(node, (dict, list)):
            if id(node) in self._inside:  # ruamel itself makes all but the topmost of these null
                raise self._broken(self._lines[path], "an alias contains itself", "Write the value out.")
            if len(self._lines) > MOST_NODES:
                raise self._broken(1, "aliases make the file too large", "Write the values out.")
            self._inside.add(id(node))
            plain = self._plain_members(node, path)
            self._inside.discard(id(node))
            return plain
        return _scalar(node)

    def _plain_members(self, node: Any, path: Path) -> Any:
        if isinstance(node, CommentedSeq):
            for index, place in (node.lc.data or {}).items():
                self._lines[*path, index] = place[0] + 1
            return [self._plain(member, (*path, index)) for index, member in enumerate(node)]
        for key in node:
            place = (node.lc.data or {}).get(key)  # nothing for what `<<` brings in
            self._lines[*path, key] = place[0] + 1 if place else self._lines[path]
        return {key: self._plain(member, (*path, key)) for key, member in node.items()}

    def _broken(self, line: int, message: str, remedy: str) -> PolicyFaults:
        fault = PolicyFault(file=self.file, line=line, rule=None, key="", message=message, remedy=remedy)
        return PolicyFaults([fault])


def read(path: "pathlib.Path") -> Document:
    """The file at `path`; raises PolicyFaults where it is not there, or is no YAML."""
    try:
        return Document(str(path), path.read_bytes())
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        remedy = "SIGNOFF_POLICY names the policy file."
        fault = PolicyFault(file=str(path), line=1, rule=None, key="", message=message, remedy=remedy)
        raise PolicyFaults([fault]) from None


def _scalar(node: Any) -> Any:
    """The plain type, without what ruamel keeps to write a file again."""
    if isinstance(node, ScalarBoolean):
        return bool(node)
    for kind in (str, bool, int, float):
        if isinstance(node, kind):
            return kind(node)
    return node


def _spelled(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text
