"""The shape in which a model is to answer; `checked` makes an `Answer` of it.

Lengths and contents are checked in `checked`, whose complaints a model understands better than a schema's.
"""

from pydantic import BaseModel, ConfigDict, Field

from tracemedic_storage.records import Category


class WantedFix(BaseModel):
    """One thing to do."""

    model_config = ConfigDict(extra="ignore")

    what: str = Field(description="What to do, in one or two plain sentences, without commands.")
    where: str = Field(default="", description="The file, function, setting or service it concerns.")
    check: str = Field(default="", description="How to see that it helped.")


class CitedFrame(BaseModel):
    """A frame of the stack trace, as it stands there."""

    model_config = ConfigDict(extra="ignore")

    function: str = Field(description="The function as the stack trace names it.")
    file: str = Field(default="", description="The file as the stack trace names it, without a line number.")


class Wanted(BaseModel):
    """What the error pattern is, why it happens and how to fix it."""

    model_config = ConfigDict(extra="ignore")

    category: Category = Field(description="The first category of the table that fits the root cause.")
    confidence: float = Field(
        ge=0,
        le=1,
        description="How sure category and cause are: of answers given with 0.9, nine in ten have to be right.",
    )
    summary: str = Field(description="What fails where, in one sentence of at most 200 characters.")
    root_cause: str = Field(description="Why it fails, in at most 600 characters.")
    fixes: list[WantedFix] = Field(description="One to five, in the order in which they should be tried.")
    frames: list[CitedFrame] = Field(default=[], description="The frames that this rests on, innermost first.")
    services: list[str] = Field(default=[], description="The services that this speaks of.")
    evidence: list[str] = Field(default=[], description="What else this rests on, a short sentence each.")
    missing: list[str] = Field(default=[], description="What would have made this surer, a short sentence each.")
