"""Settings: the environment, read once. Variables start with `CVPLUS_`."""

import json
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .errors import Code, WorkflowError

_FORM = SettingsConfigDict(
    env_prefix="CVPLUS_", env_ignore_empty=True, frozen=True, populate_by_name=True
)

_PROJECT = AliasChoices("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT")
_BUCKET = AliasChoices("CVPLUS_BUCKET", "FIREBASE_CONFIG")


class Settings(BaseSettings):
    """Where an embedded installation keeps its data: database, files, worker locks."""

    model_config = _FORM

    data: Path = Field(default_factory=lambda: user_data_path("cvplus-workflow"))


class FirebaseSettings(BaseSettings):
    """What an installation on Firebase is made of; empty where the environment does not say.

    `project` comes from GOOGLE_CLOUD_PROJECT or GCLOUD_PROJECT, `bucket` also from the
    `storageBucket` of FIREBASE_CONFIG; the platform sets these. `tasks_account` is the
    service account whose token a task's delivery carries, `url` what the name of a
    function is added to, `signing_key` the secret under the tokens of callbacks.
    """

    model_config = _FORM

    project: str = Field(default="", validation_alias=_PROJECT)
    region: str = "us-central1"
    bucket: str = Field(default="", validation_alias=_BUCKET)
    tasks_account: str = ""
    url: str = Field(default="", validation_alias="CVPLUS_FUNCTIONS_URL")
    signing_key: SecretStr = SecretStr("")

    @field_validator("bucket", mode="before")
    @classmethod
    def _from_configuration(cls, value: Any) -> Any:
        """The bucket in a FIREBASE_CONFIG, which is a JSON object; a bucket's own name as it is."""
        if not isinstance(value, str) or not value.lstrip().startswith("{"):
            return value
        try:
            return json.loads(value).get("storageBucket", "")
        except ValueError:
            return ""

    def needed(self, name: str, variable: str) -> str:
        """The setting `name`; raises internal, telling its `variable`, if it is empty."""
        value = str(getattr(self, name))
        if not value:
            raise WorkflowError(
                Code.INTERNAL,
                f"The setting {variable} is missing.",
                reason="setting-missing",
                details={"variable": variable},
            )
        return value

    @property
    def functions_url(self) -> str:
        """Where functions are called: the platform's address unless `url` says otherwise."""
        project = self.needed("project", "GOOGLE_CLOUD_PROJECT")
        return self.url or f"https://{self.region}-{project}.cloudfunctions.net/"
