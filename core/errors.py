"""The errors of matinee, one tree.

MatineeError
├── SettingError        a MATINEE_* variable that can not be accepted
├── UnknownScheme       a URL for which a port has no backend
├── NotMoney            text that is no amount of dollars
├── StoreError          an SQLite file that is missing, foreign or not writable
├── SourceError         an event source that can not be opened or read
│   └── PositionLost    the source no longer has what comes after our stored position
├── DirectoryError      the user and movie APIs
│   ├── DirectoryDown   no usable answer after all tries
│   └── DirectoryAnswer an answer that breaks the schema
├── CatalogueError      records of films or users that can not be imported
├── TrainingError       data from which no model can be trained or judged
├── ArtefactError       a model file that is missing, damaged or foreign
├── RetrainingRuns      another training that has the lock
├── PriceUnknown        a call of a language model that no table has a price for
├── CompleterError      a provider of a language model
│   ├── CompleterClosed it answers no call until somebody acts: wrong key, no credit, no such model
│   └── RequestRefused  it does not take this request, and never will
├── ServiceError        a service that can not start, or stopped by itself
├── WorldError          a simulated world that can not be built as asked
└── NothingToReport     a report that can not answer, with the reason

Every message gives the value, the rule and the way out.
"""


class MatineeError(Exception):
    """Anything that matinee refuses by name; the command line prints it as one line."""


class SettingError(MatineeError):
    """A MATINEE_* variable that can not be accepted."""


class UnknownScheme(MatineeError):
    """A URL for which a port has no backend."""


class NotMoney(MatineeError):
    """Text that is no amount of dollars."""


class StoreError(MatineeError):
    """An SQLite file that is missing, foreign or not writable."""


class SourceError(MatineeError):
    """An event source that can not be opened or read."""


class PositionLost(SourceError):
    """The source no longer has what comes after our stored position."""


class DirectoryError(MatineeError):
    """The user and movie APIs failed us."""


class DirectoryDown(DirectoryError):
    """No usable answer from an API after all tries."""


class DirectoryAnswer(DirectoryError):
    """An API answer that breaks the schema."""


class CatalogueError(MatineeError):
    """Records of films or users that can not be imported."""


class TrainingError(MatineeError):
    """Data from which no model can be trained or judged."""


class ArtefactError(MatineeError):
    """A model file that is missing, damaged or foreign."""


class RetrainingRuns(MatineeError):
    """Another training that has the lock."""


class PriceUnknown(MatineeError):
    """A call of a language model that no table has a price for: it is quarantined and counted, never 0."""


class CompleterError(MatineeError):
    """A provider of a language model failed us in a way that trying again does not mend."""


class CompleterClosed(CompleterError):
    """It answers no call until somebody acts: wrong key, no credit, no such model."""


class RequestRefused(CompleterError):
    """It does not take this request, and never will."""


class ServiceError(MatineeError):
    """A service that can not start, or stopped by itself."""


class WorldError(MatineeError):
    """A simulated world that can not be built as asked."""


class NothingToReport(MatineeError):
    """A report that can not answer, with the reason."""
