"""Self-descriptions become film ids: titles first, a language model for the rest, never in a request."""

from llm.call import Begun, Cached, Limit, Limits, OverBudget, PlannedCall, Settled, Spending, Wait
from llm.calls import Calls
from llm.erasure import erase_user
from llm.jobs import CursorStep, DeadJob, Job, JobCounts, Jobs, Patience, Priority, Wanted
from llm.outbox import deliver, undelivered
from llm.tastes import TasteCounts, Tastes
from llm.understander import Understander
from llm.understanding import Candidate, Mention, NamedPerson, Understanding
from llm.work_store import WorkStore

__all__ = [
    "Begun",
    "Cached",
    "Calls",
    "Candidate",
    "CursorStep",
    "DeadJob",
    "Job",
    "JobCounts",
    "Jobs",
    "Limit",
    "Limits",
    "Mention",
    "NamedPerson",
    "OverBudget",
    "Patience",
    "PlannedCall",
    "Priority",
    "Settled",
    "Spending",
    "TasteCounts",
    "Tastes",
    "Understander",
    "Understanding",
    "Wait",
    "Wanted",
    "WorkStore",
    "deliver",
    "erase_user",
    "undelivered",
]
