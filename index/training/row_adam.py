"""The optimiser: Adam for a large table of which a batch uses few rows."""

from torch import Tensor, zeros_like


class RowAdam:
    """Adam (Kingma & Ba 2015) that touches only the rows of a table which a batch has used."""

    def __init__(self, table: Tensor, betas: tuple[float, float] = (0.9, 0.999), epsilon: float = 1e-8) -> None:
        self.table = table
        self.betas = betas
        self.epsilon = epsilon
        self.mean = zeros_like(table)
        self.square = zeros_like(table)
        self.step_count = 0

    def step(self, rows: Tensor, gradient: Tensor, rate: float) -> None:
        """Update the given rows; bias is corrected by the number of steps taken, as in SparseAdam."""
        self.step_count += 1
        first, second = self.betas
        mean = self.mean[rows].lerp_(gradient, 1 - first)
        square = self.square[rows].mul_(second).addcmul_(gradient, gradient, value=1 - second)
        self.mean[rows] = mean
        self.square[rows] = square
        scale = rate * (1 - second**self.step_count) ** 0.5 / (1 - first**self.step_count)
        self.table.index_put_((rows,), mean.div_(square.sqrt_().add_(self.epsilon)).mul_(-scale), accumulate=True)
