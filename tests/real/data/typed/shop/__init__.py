from .stock import Item, Stock
from .till import total

__all__ = ["Item", "Stock", "total", "missing"]
