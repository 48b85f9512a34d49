"""What is saved though it looks wrong: by whoever says that it is right all the same, on the record."""

from collections.abc import Mapping

from data.problems import Doubtful


def overruled(doubts: Mapping[str, str], values: Mapping[str, object]) -> dict[str, str]:
    """What the record says of these doubts, by field; nothing where there are none.

    Among `values`, `sure` are the names of fields that are right though they look wrong. Raises Doubtful(field, …)
    with the sentences of the others.
    """
    said = values.get('sure') if isinstance(values, Mapping) else None
    sure = list(said) if isinstance(said, list | tuple) else []
    if left := {name: sentence for name, sentence in doubts.items() if name not in sure}:
        raise Doubtful(**left)
    return {'overruled': ', '.join(name.replace('_', ' ') for name in sorted(doubts))} if doubts else {}
