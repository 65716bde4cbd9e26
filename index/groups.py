"""Which of many things belong together, once some pairs are known to (union-find)."""

from collections.abc import Iterable


class Groups:
    """Disjoint sets of numbers; each is named by the least in it."""

    def __init__(self, members: Iterable[int]) -> None:
        """Let every member be a group of its own."""
        self._parents = {member: member for member in members}

    def first(self, member: int) -> int:
        """Return the least number of a member's group; a number not seen before is a group of its own."""
        root = member
        while (parent := self._parents.setdefault(root, root)) != root:
            root = parent
        while member != root:  # halves the way for the next
            self._parents[member], member = root, self._parents[member]
        return root

    def join(self, one: int, other: int) -> None:
        """Make one group of two."""
        least, more = sorted((self.first(one), self.first(other)))
        self._parents[more] = least

    def together(self, one: int, other: int) -> bool:
        """Return whether two numbers are in one group."""
        return self.first(one) == self.first(other)

    def firsts(self) -> dict[int, int]:
        """Return for every number the least of its group."""
        return {member: self.first(member) for member in list(self._parents)}
