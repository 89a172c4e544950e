"""Settings: one frozen object from `config.toml` and `KIOSK_…` variables.

An unknown key, a value out of range or half a configuration stops the start: on the day of the
conference nobody has time to find out that a setting was spelled wrongly.
"""

from __future__ import annotations

import os
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from kiosk.core.errors import Refused

ENV = "KIOSK_"
FILE = "config.toml"
DATABASE = "kiosk.sqlite3"


#: The encrypted port unless a technician says otherwise.
HTTPS_PORT = 8443


def _address(host: str) -> str:
    """An IPv4 address, or the name of this laptop for itself."""
    return "127.0.0.1" if host == "localhost" else str(IPv4Address(host))


class Settings(BaseSettings):
    """What a technician may set. Rules of the meeting are not here: they are fields of it."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=ENV)

    #: Folder with the database, the keys and everything that belongs to one conference.
    instance: Path
    #: Where the hall is opened. Unset: on this laptop and at each of its local addresses. One of
    #: those, or 127.0.0.1 for this laptop alone; `serve` looks whether it is ours.
    host: Annotated[str, AfterValidator(_address)] | None = None
    #: Plain HTTP: the whole application for this laptop, `/trust` for others. 0 takes a free one.
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    #: HTTPS. 0 takes a free one; unset: 8443, or a free one where `port` is 0.
    https_port: Annotated[int, Field(ge=0, le=65_535)] | None = None
    #: False: no encryption, so this laptop alone.
    tls: bool = True
    #: Language of a browser that has not chosen.
    language: Literal["vi", "en"] = "vi"
    #: A rehearsal shows a watermark everywhere and keeps its data in a folder of its own.
    rehearsal: bool = False
    #: Hours after which a signed-in member of staff must sign in again.
    session_hours: Annotated[int, Field(ge=1, le=72)] = 14
    #: The same badge at the same gate within these seconds is one arrival.
    gate_repeat_seconds: Annotated[int, Field(ge=1, le=60)] = 10
    #: Minutes during which a gate may take its own last scan back.
    gate_undo_minutes: Annotated[int, Field(ge=0, le=30)] = 5
    #: Second place of the copies, best another disk; unset: a folder beside the instance.
    backup_folder: Path | None = None
    #: Minutes between two copies.
    backup_minutes: Annotated[int, Field(ge=1, le=60)] = 1

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over variables, variables over the file. No `.env`: one file is enough."""
        return (init_settings, env_settings, _file_of(settings_cls, init_settings))

    @property
    def encrypted_port(self) -> int:
        """The port of the encrypted door; 0 takes a free one."""
        if self.https_port is not None:
            return self.https_port
        return HTTPS_PORT if self.port else 0

    @property
    def database_url(self) -> str:
        return f"sqlite:///{(self.instance / DATABASE).as_posix()}"

    @property
    def backup_place(self) -> Path:
        """Where the copies go; a relative folder is meant from the instance folder."""
        if self.backup_folder is None:
            return self.instance.with_name(f"{self.instance.name}-backup")
        return self.instance / self.backup_folder.expanduser()


def _file_of(
    settings_cls: type[BaseSettings], init: PydanticBaseSettingsSource
) -> TomlConfigSettingsSource:
    return TomlConfigSettingsSource(settings_cls, Path(init()["instance"]) / FILE)


def instance_folder(named: str | os.PathLike[str] | None = None) -> Path:
    """`--instance`, else `KIOSK_INSTANCE`, else `./instance`; never inside a venv."""
    chosen = named or os.environ.get(f"{ENV}INSTANCE") or "instance"
    return Path(chosen).expanduser().resolve()


def load(instance: str | os.PathLike[str] | None = None, **given: Any) -> Settings:
    """Read the settings of one instance.

    Raises:
        Refused: `settings_wrong` with the names of the keys that are unknown or out of range.
    """
    folder = instance_folder(instance)
    known = {f"{ENV}{name}".upper() for name in Settings.model_fields}
    strangers = sorted(
        name for name in os.environ if name.upper().startswith(ENV) and name.upper() not in known
    )
    if strangers:
        raise Refused("settings_wrong", keys=", ".join(strangers))
    if given.get("rehearsal") is None:
        given.pop("rehearsal", None)
    try:
        return Settings(instance=folder, **{k: v for k, v in given.items() if v is not None})
    except ValidationError as wrong:
        keys = ", ".join(
            sorted({".".join(str(part) for part in error["loc"]) for error in wrong.errors()})
        )
        raise Refused("settings_wrong", keys=keys) from wrong
    except (OSError, ValueError) as broken:
        # TOML that cannot be read: pydantic-settings passes the parser's own error on.
        raise Refused("settings_wrong", keys=FILE) from broken
