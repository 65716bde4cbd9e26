"""How well a citation bears a sentence out, by the bundled model."""

from collections.abc import Sequence

from index.embedding import bundled_embedder
from index.scores import LateInteraction
from index.token_rows import TokenRows


def support(claim: str, quotes: Sequence[str]) -> list[float]:
    """Return how much of a claim each quotation says, in whatever language.

    It is M of ``index.scores`` with the claim for a question: the best match of each of the claim's tokens.

    Args:
        claim: a sentence.
        quotes: the sentences that it may rest on.

    Returns:
        A number from 0 to 1 a quotation; translations have .3 or more, strangers hardly ever .2.
    """
    model = bundled_embedder()
    claimed, *said = model.tokenize([claim, *quotes])
    return LateInteraction(claimed, model).scores(TokenRows.of(said)).tolist()
