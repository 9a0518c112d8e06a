"""What a record said in a format, kept where writing it anew would say it differently.

Each field is kept as [what its source said, what we would have written]. It is given back as its source
said it for as long as we would still write the same: what people edited here wins.
"""

from collections.abc import Mapping
from typing import Any

from azora_library.exchange.records import Read, Refused, checked

Fields = dict[str, Any]


def differences(said: Mapping[str, Any], written: Mapping[str, Any]) -> Fields:
    """The fields that writing the record would change, add (said is None) or lose (written is None)."""
    names = {*said, *written}
    return {
        name: [said.get(name), written.get(name)]
        for name in sorted(names)
        if said.get(name) != written.get(name)
    }


def restored(written: Mapping[str, Any], kept: Mapping[str, Any]) -> Fields:
    """What we would write, with what the source said wherever that has not been edited since."""
    fields = dict(written)
    for name, (said, was) in kept.items():
        if fields.get(name) == was:
            if said is None:
                fields.pop(name, None)
            else:
                fields[name] = said
    return fields


def keeping(read: Read | Refused, format: str, kept: Fields) -> Read | Refused:
    """The record that was read, with what its format said beyond it."""
    if isinstance(read, Refused) or not kept:
        return read
    values = read.record.model_dump(exclude={"key"})
    values["details"] = {**values["details"], "kept": {format: kept}}
    return checked(read.number, read.key, values)
