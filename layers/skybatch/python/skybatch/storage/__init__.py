"""Object storage: S3 buckets and directories, presigned URLs, clients of AWS services."""
