"""Telling the other services that an account changed."""

from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.identity import AccountChangedV1
from shenbao_common.kernel.actor import Kind
from shenbao_identity.domain.account import State
from shenbao_identity.models import Account


def tell(session: Session, account: Account) -> None:
    """The account as it now is, under a new revision: every token made before is refused from now on."""
    account.revision += 1
    state = State.ACTIVE if account.state == State.ACTIVE else State.DISABLED
    event = AccountChangedV1(
        account_id=account.id,
        revision=account.revision,
        kind=account.kind,
        state=state.value,
        unit_id=account.unit_id,
        organisation_id=account.organisation_id,
    )
    outbox.record(session, event, revision=account.revision)


def outdate_tokens(session: Session, account: Account) -> None:
    """Ends what an account's tokens are good for, where the account's revision is ours to raise."""
    if account.kind != Kind.SUB_ACCOUNT:
        tell(session, account)
