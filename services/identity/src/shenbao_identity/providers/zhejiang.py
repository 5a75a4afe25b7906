"""The sign-ins of Zhejiang that are not OpenID: a ticket for persons, an ssotoken for legal persons.

Neither protocol has a state, a nonce or a proof of its own. The state rides on the address of return, where we check it
as always; that a ticket is used once, and comes within minutes, is kept by us too (actions/federation.py). How far a
person is known is told in a number: 1 by name only, 2 by name and number, 3 in advanced real-name.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from shenbao_common.kernel import clock
from shenbao_identity.providers.upstream import Caller, ProviderFault, Vouched, Way, text
from shenbao_identity.settings import Provider

_ACR = {"1": "urn:shenbao:loa:2", "2": "urn:shenbao:loa:3", "3": "urn:shenbao:loa:4", "4": "urn:shenbao:loa:5"}
_CHINA = "%Y%m%d%H%M%S"


class TicketUpstream:
    """Persons: out with the service code, back with a ticket; that is exchanged for a token, and it for the person."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._asked = Caller().asked

    def address(self, way: Way) -> str:
        back = f"{way.redirect_uri}?{urlencode({'state': way.state})}"
        asked = {"action": "oauth", "scope": "1", "servicecode": self.provider.client_id, "goto": back}
        return f"{self.provider.issuer}/sso/usp.do?{urlencode({**self.provider.ask, **asked})}"

    def vouched(self, way: Way, answer: Mapping[str, str]) -> Vouched:
        del way  # the protocol knows nothing of it
        exchanged = self._call("ticketValidation", st=answer.get("ticket", ""))
        token = text(exchanged, "token", 500)
        if not token:
            raise ProviderFault("the ticket was exchanged for nothing")
        who = self._call("getUserInfo", token=token)
        if str(who.get("usertype", "1")) != "1":
            raise ProviderFault("the ticket is not of a person")
        return Vouched(
            provider=self.provider.key,
            subject=_subject(who, "userid"),
            name=text(who, "username", 100),
            id_number=text(who, "idnum", 30).upper(),
            mobile=text(who, "mobile", 30),
            acr=_ACR.get(str(who.get("authlevel", "")), ""),
        )

    def _call(self, method: str, **more: str) -> dict[str, Any]:
        time = clock.now().astimezone(clock.OFFICE_ZONE).strftime(_CHINA)
        known = f"{self.provider.client_id}{self.provider.client_secret}{time}"
        form = {
            "method": method,
            "servicecode": self.provider.client_id,
            "time": time,
            "sign": hashlib.md5(known.encode()).hexdigest(),  # noqa: S324  (the protocol's)
            "datatype": "json",
            **more,
        }
        said = self._asked("POST", f"{self.provider.issuer}/sso/servlet/simpleauth", data=form)
        if str(said.get("result")) != "0":
            raise ProviderFault("the provider refused the ticket")
        return said


class SsoTokenUpstream:
    """Legal persons: out with the address of return, back with an ssotoken, which a signed call turns into the body."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._asked = Caller().asked

    def address(self, way: Way) -> str:
        back = f"{way.redirect_uri}?{urlencode({'state': way.state})}"
        query = urlencode({**self.provider.ask, "spappurl": back})
        return f"{self.provider.issuer}/opensso/spsaehandler/metaAlias/sp?{query}"

    def vouched(self, way: Way, answer: Mapping[str, str]) -> Vouched:
        del way
        body = {"projectId": self.provider.client_id, "ssotoken": answer.get("ssotoken", "")}
        path = "/rest/user/query"
        said = self._asked("POST", f"{self.provider.issuer}{path}", json=body, headers=self._signed(path))
        info = said.get("info")
        if said.get("errCode") != 0 or not isinstance(info, dict):
            raise ProviderFault("the provider refused the token")
        code = text(info, "uniscid", 18).upper()
        if not code:
            raise ProviderFault("the token is not of a legal person")
        return Vouched(
            provider=self.provider.key,
            subject=_subject(info, "userId"),
            name=text(info, "CompanyName", 200),
            mobile=text(info, "attnPhone", 30),
            acr=_ACR.get(str(info.get("realLevel", "")), ""),
            credit_code=code,
        )

    def _signed(self, path: str) -> dict[str, str]:
        """AK/SK: the access key by name, the call and its time signed with the secret key."""
        time = clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
        words = f"POST\n{path}\n\n{self.provider.client_id}\n{time}\n"
        signature = hmac.new(self.provider.client_secret.encode(), words.encode(), hashlib.sha256).hexdigest()
        return {
            "X-BG-HMAC-ALGORITHM": "hmac-sha256",
            "X-BG-HMAC-ACCESS-KEY": self.provider.client_id,
            "X-BG-HMAC-SIGNATURE": signature,
            "X-BG-DATE-TIME": time,
        }


def _subject(said: Mapping[str, Any], name: str) -> str:
    found = text(said, name, 255)
    if not found:
        raise ProviderFault("the provider does not say who it is")
    return found
