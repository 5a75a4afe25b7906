"""The storage that the deployment chose."""

from shenbao_documents.providers.folder_storage import FolderStorage
from shenbao_documents.providers.storage import Storage
from shenbao_documents.settings import Settings


def storage_of(settings: Settings) -> Storage:
    """The bucket, where one is set; else the folder."""
    if settings.s3 is None:
        return FolderStorage(settings.folder)
    # Its library takes memory in every process, which a deployment with a folder does without.
    from shenbao_documents.providers.s3_storage import S3Storage  # noqa: PLC0415

    return S3Storage(**settings.s3)
