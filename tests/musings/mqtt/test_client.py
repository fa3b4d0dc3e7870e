"""The client by itself: what it refuses, in words; and that it is not imported where no broker is set up."""

import subprocess
import sys
from pathlib import Path

import pytest

from musings.config.operation import MqttSettings
from musings.errors import UnreachableError
from musings.mqtt.client import TROUBLE, in_words, new_client


def test_certificates_that_are_none_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    with pytest.raises(UnreachableError, match=r"ca\.pem cannot be read"):
        new_client(MqttSettings(host="h", tls=True, ca_file=file), None, "n", is_kept=True)


def test_with_tls_it_trusts_the_systems_certificates() -> None:
    new_client(MqttSettings(host="h", tls=True), None, "n", is_kept=False)


def test_every_refusal_of_the_protocol_has_words() -> None:
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.reasoncodes import ReasonCode

    known = {str(ReasonCode(PacketTypes.CONNACK, identifier=code)) for code in (0x84, 0x85, 0x86, 0x87, 0x88)}
    assert known == set(TROUBLE)
    assert in_words("Quota exceeded") == "it refuses the connection: Quota exceeded"


def test_paho_is_not_imported_without_a_broker() -> None:
    program = (
        "import musings.commands.serve, musings.commands.status, musings.doctor, sys; print('paho' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"
