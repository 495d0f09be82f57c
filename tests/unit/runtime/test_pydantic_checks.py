"""A model that is not read back as what it writes is refused where the event is declared."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel, computed_field
from pydantic.alias_generators import to_camel

from best_practice_constructs.runtime import EventSource, InvalidEventError
from best_practice_constructs.runtime.codec import Decoder, encode

if TYPE_CHECKING:
    from decimal import Decimal as Hidden

_FROZEN = ConfigDict(frozen=True)


class Aliased(BaseModel):
    """A field with another name in JSON."""

    model_config = _FROZEN
    order_id: str = Field(alias="orderId")


class AliasedInParts(BaseModel):
    """A field that is written under another name only."""

    model_config = _FROZEN
    order_id: str = Field(serialization_alias="orderId")


class AliasedToRead(BaseModel):
    """A field that is read under another name only."""

    model_config = _FROZEN
    order_id: str = Field(validation_alias="orderId")


class Generated(BaseModel):
    """All fields have other names."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)
    order_id: str


class Excluded(BaseModel):
    """A field that is not written."""

    model_config = _FROZEN
    order_id: str = Field(exclude=True)


class Closed(BaseModel):
    """Newer versions cannot be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    order_id: str


class Open(BaseModel):
    """Whatever is given."""

    model_config = ConfigDict(frozen=True, extra="allow")
    order_id: str


class Changing(BaseModel):
    """It can be changed."""

    value: int


class Root(RootModel[list[int]]):
    """No object."""

    model_config = _FROZEN


class Hiding(BaseModel):
    """A type that is there for type checkers only."""

    model_config = _FROZEN
    total: Hidden


@pytest.mark.parametrize("is_nested", [False, True], ids=["itself", "nested"])
@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Aliased, r"The field 'order_id' of the model Aliased .*\(alias='orderId'\).*without an alias"),
        (AliasedInParts, r"serialization_alias='orderId'"),
        (AliasedToRead, r"validation_alias='orderId'"),
        (Generated, r"alias='orderId'"),
        (Excluded, r"left out of the JSON \(exclude=True\)"),
        (Closed, r"no consumer of this version could read a newer one"),
        (Open, r"extra='allow'"),
        (Changing, r"can be changed, and facts cannot: write model_config = ConfigDict\(frozen=True\)"),
        (Root, r"write the type of its root"),
        (Hiding, r"names types that cannot be found"),
    ],
)
def test_a_model_that_is_not_read_back_is_refused(
    model: type[BaseModel],
    message: str,
    is_nested: bool,  # noqa: FBT001 -- given by its name
) -> None:
    class OrderSplit(BaseModel):
        model_config = _FROZEN
        parts: dict[str, tuple[model, ...]]  # type: ignore[valid-type] # made of values

    declared = OrderSplit if is_nested else model
    with pytest.raises(InvalidEventError, match=message):
        EventSource("com.example.orders").event(detail_type="OrderSplit")(declared)


def test_what_is_computed_is_written_and_computed_again() -> None:
    @EventSource("com.example.orders").event
    class OrderPlaced(BaseModel):
        model_config = _FROZEN
        net: Decimal

        @computed_field  # type: ignore[prop-decorator] # as Pydantic writes it
        @property
        def gross(self) -> Decimal:
            return self.net * 2

    placed = OrderPlaced(net=Decimal("1.50"))
    assert encode(placed) == b'{"net":"1.50","gross":"3.00"}'
    assert Decoder(OrderPlaced).decode(encode(placed)) == placed
