"""Settings: the environment, read once. Variables start with `CVPLUS_`."""

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where an embedded installation keeps its data: database, files, worker locks."""

    model_config = SettingsConfigDict(env_prefix="CVPLUS_", env_ignore_empty=True, frozen=True)

    data: Path = Field(default_factory=lambda: user_data_path("cvplus-workflow"))
