"""What each office has received, with the status of each: its tabs and their counts are steps in an index."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "received",
        sa.Column("application_id", sa.Uuid, sa.ForeignKey("application.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Index("received_by_organisation", "organisation_id", "application_id"),
        sa.Index("received_by_status", "organisation_id", "status", "application_id"),
    )
    for statement in _KEEPERS:
        op.execute(statement)


# The database keeps these rows itself, so that they are right whatever moves a status, the version before this one too.
_KEEPERS = (
    """
CREATE FUNCTION keep_what_is_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'recalled' THEN
        INSERT INTO received (application_id, organisation_id, status)
        SELECT id, NEW.organisation_id, status FROM application WHERE id = NEW.application_id
        ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM received AS r
        WHERE r.application_id = NEW.application_id AND r.organisation_id = NEW.organisation_id AND NOT EXISTS (
            SELECT FROM step AS s
            WHERE s.application_id = r.application_id AND s.organisation_id = r.organisation_id
            AND s.state <> 'recalled');
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE TRIGGER received_when_a_step_opens AFTER INSERT ON step
FOR EACH ROW WHEN (NEW.state <> 'recalled') EXECUTE FUNCTION keep_what_is_received()
""",
    """
CREATE TRIGGER received_until_it_is_recalled AFTER UPDATE OF state ON step
FOR EACH ROW WHEN (NEW.state = 'recalled') EXECUTE FUNCTION keep_what_is_received()
""",
    """
CREATE FUNCTION keep_status_of_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE received SET status = NEW.status WHERE application_id = NEW.id;
    RETURN NULL;
END $$
""",
    # Before the first report there is no step, and nothing to be kept.
    """
CREATE TRIGGER received_when_a_status_moves AFTER UPDATE OF status ON application
FOR EACH ROW WHEN (OLD.round > 0 AND OLD.status <> NEW.status) EXECUTE FUNCTION keep_status_of_received()
""",
)
