"""Fills Rasa's responses with the clinic's values and the shared phrases."""

from __future__ import annotations

from typing import Any, Optional

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from bot.settings import load_clinic
from bot.wording import load_phrases


class ClinicResponses(TemplatedNaturalLanguageGenerator):
    """Responses that may name ``{clinic_phone}`` or ``{warning_signs}`` like an answer; needs no action server."""

    def __init__(self, endpoint_config: Optional[EndpointConfig], domain: Domain) -> None:
        """Reads the clinic's values once.

        Raises:
            SettingsError: if ``clinic.yml`` is wrong.
            KnowledgeError: if the phrases are wrong.
        """
        super().__init__(domain.responses)
        clinic = load_clinic()
        self._variables = clinic.variables() | load_phrases(clinic)

    def _fill_response(
        self, response: dict[str, Any], filled_slots: Optional[dict[str, Any]] = None, **kwargs: Any
    ) -> dict[str, Any]:
        filled: dict[str, Any] = super()._fill_response(response, filled_slots, **self._variables, **kwargs)
        return filled
