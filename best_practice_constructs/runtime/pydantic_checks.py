"""What a Pydantic model must not be to travel in an event: what it writes is not what it reads."""

from __future__ import annotations

from best_practice_constructs.runtime.errors import InvalidEventError
from best_practice_constructs.runtime.pydantic_models import PydanticField, PydanticModel


def check_model(model: type[PydanticModel], *, event_class: type) -> None:
    """Refuse a model that is not read back as what was written.

    :param model: the event's class, or one within it.
    :raises InvalidEventError: naming the model and what to write instead.
    """
    where = f"The model {model.__qualname__} of the event {event_class.__qualname__}"
    if not getattr(model, "__pydantic_complete__", True):
        raise InvalidEventError(
            f"{where} names types that cannot be found: import them, and not under TYPE_CHECKING, or define them above "
            "it in the same module."
        )
    if getattr(model, "__pydantic_root_model__", False):
        raise InvalidEventError(
            f"{where} is a RootModel, which is no object in JSON and has no fields to ask for: write the type of its "
            "root in its place."
        )
    extra = model.model_config.get("extra")
    if extra == "forbid":
        raise InvalidEventError(
            f"{where} forbids what it does not know (extra='forbid'), so no consumer of this version could read a "
            "newer one with one more field: leave extra out."
        )
    if extra == "allow":
        raise InvalidEventError(
            f"{where} takes whatever it is given (extra='allow'), which no schema tells and no check has seen: declare "
            "the fields, and leave extra out."
        )
    for name, field in model.model_fields.items():
        if reason := _reason(name, field):
            raise InvalidEventError(f"The field {name!r} of {where[0].lower()}{where[1:]} {reason}.")


def _reason(name: str, field: PydanticField) -> str | None:
    given = {"alias": field.alias, "serialization_alias": field.serialization_alias}
    other = next((f"{kind}={alias!r}" for kind, alias in given.items() if alias not in (None, name)), None)
    if other is None and field.validation_alias not in (None, name):
        other = f"validation_alias={field.validation_alias!r}"
    if other is not None:
        return (
            f"has a name of its own in JSON ({other}), and events are written, filtered and described by the names of "
            "the fields: give the field the name that shall stand in the event, without an alias"
        )
    if field.exclude:
        return (
            "is left out of the JSON (exclude=True), and its consumers would miss it: leave the field out of the event"
        )
    return None
