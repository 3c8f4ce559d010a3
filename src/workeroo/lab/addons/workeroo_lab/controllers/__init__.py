from . import levers
