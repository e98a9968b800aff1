from therapydesk.testing import stopped_clock

__all__ = ["stopped_clock"]
