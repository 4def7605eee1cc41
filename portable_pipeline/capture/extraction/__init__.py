"""The code of the stages: what of the user's modules travels, as it stands in the source, without our language."""

from portable_pipeline.capture.extraction.extraction import Extraction

__all__ = ["Extraction"]
