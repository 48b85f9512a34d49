"""A field with a list, on the server: it takes keys it has, and says so where it has not."""

from collections.abc import Awaitable, Callable

import pytest
from nicegui import Client

from components.kit.choice import CHOOSE, GONE, LONGEST_TYPED, Choice
from tests.support.visitors import Visitor

Visit = Callable[..., Awaitable[Visitor]]

FRUITS = {'a': 'Apple', 'b': 'Banana'}


@pytest.fixture
async def visitor(visit: Visit) -> Visitor:
    """A browser on a page that fields can be put on."""
    visitor = await visit()
    await visitor.open('/sign-in')
    return visitor


def choice(visitor: Visitor, **more: object) -> Choice:
    client = visitor.client
    assert isinstance(client, Client)
    with client.content:
        return Choice(FRUITS, label='Fruit', value='a', search=True, **more)  # type: ignore[arg-type]


def says(visitor: Visitor, field: Choice, key: str | None, reset: int | None = None) -> None:
    """Say what a browser says that has taken an option."""
    visitor._fire(field, 'update:value', {'key': key, 'reset': field.props['reset'] if reset is None else reset})


def test_a_key_is_taken_and_nothing_is_sent_back(visitor: Visitor) -> None:
    field = choice(visitor)
    assert visitor.client
    visitor.client.outbox.updates.clear()
    says(visitor, field, 'b')
    assert (field.value, field.props['word']) == ('b', 'Banana')
    assert not visitor.client.outbox.updates


def test_an_option_that_is_gone_meanwhile_is_not_taken_and_the_field_says_so(visitor: Visitor) -> None:
    field = choice(visitor)
    field.offer({'a': 'Apple'})
    drawn = field.props['reset']
    says(visitor, field, 'b')
    assert (field.value, field.error) == ('a', GONE)
    assert field.props['reset'] > drawn, 'the browser shows again what is held'
    says(visitor, field, 'a')
    assert field.value == 'a'


def test_a_list_in_another_order_chooses_no_other_option(visitor: Visitor) -> None:
    field = choice(visitor)
    field.offer({'c': 'Cherry', 'b': 'Banana', 'a': 'Apple'})
    says(visitor, field, 'b')
    assert field.value == 'b'


def test_what_is_chosen_before_the_browser_knew_better_is_drawn_again(visitor: Visitor) -> None:
    field = choice(visitor)
    before = field.props['reset']
    field.choose('b')
    says(visitor, field, 'a', before)
    assert field.value == 'a'
    assert field.props['reset'] > before + 1


def test_what_is_no_option_is_typed_until_one_is_taken(visitor: Visitor) -> None:
    field, heard = choice(visitor), list[str]()
    field.on_typed(lambda: heard.append(field.typed))
    visitor._fire(field, 'typed', 'Ch')
    assert (field.value, field.typed) == ('a', 'Ch')
    field.ask()
    assert field.error == CHOOSE
    says(visitor, field, 'a')
    assert (field.value, field.typed, field.error) == ('a', '', None)
    assert heard == ['Ch', '']


@pytest.mark.parametrize('said', [None, 7, [], {'text': 'x'}])
def test_only_text_is_typed(visitor: Visitor, said: object) -> None:
    field = choice(visitor)
    visitor._fire(field, 'typed', said)
    assert field.typed == ''


def test_what_is_typed_is_kept_up_to_a_length(visitor: Visitor) -> None:
    field = choice(visitor)
    visitor._fire(field, 'typed', 'x' * 100_000)
    assert field.typed == 'x' * LONGEST_TYPED


def test_an_open_field_holds_what_is_no_option(visitor: Visitor) -> None:
    field = choice(visitor, open=True)
    says(visitor, field, 'Cherry')
    assert (field.value, field.typed, field.error) == ('Cherry', '', None)
    assert field.props['word'] == field.word('Cherry') == 'Cherry'
    field.choose('Damson')
    assert (field.value, field.typed) == ('Damson', '')
    for nothing in ('', 'x' * (LONGEST_TYPED + 1)):
        says(visitor, field, nothing)
        assert (field.value, field.error) == ('Damson', GONE)


def test_an_empty_field_means_what_is_blank(visitor: Visitor) -> None:
    field = choice(visitor, blank='a')
    says(visitor, field, None)
    assert field.value is None
    assert field.props['blank'] == 'a', 'the browser takes this one instead'
