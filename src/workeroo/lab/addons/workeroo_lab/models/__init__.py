from . import lever
