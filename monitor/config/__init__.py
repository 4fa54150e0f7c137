"""The configuration: one TOML file, believed only as a whole. All errors are told at once, each with its path.

Sections: `[business]`, `[storage]`, `[judging]` (sections.py), `[web]` (monitor/listening.py), `[timing]`
(replies/timing.py); `[notify]`, `[retention]` and `[care]`, each in its own settings.py; and one `[sources.NAME]` per
source (sources.py), whose keys are those of `SourceConfig` plus the connector's own `Settings`. A secret is never
written in the file: `NAME_file` or `NAME_env` says where it is.
"""

from monitor.config.mistakes import ConfigError, Mistake, mistakes_of
from monitor.config.sections import Business, Judging, Storage
from monitor.config.sources import ConfiguredSource, SecretRef, SourceConfig, secret_fields
from monitor.config.whole import SECTIONS, Config, load

__all__ = [
    "SECTIONS",
    "Business",
    "Config",
    "ConfigError",
    "ConfiguredSource",
    "Judging",
    "Mistake",
    "SecretRef",
    "SourceConfig",
    "Storage",
    "load",
    "mistakes_of",
    "secret_fields",
]
