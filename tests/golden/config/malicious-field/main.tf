resource "aws_s3_bucket_acl" "models" {
  bucket = aws_s3_bucket.models.id
  acl    = "public-read-write"
}
resource "google_storage_bucket_iam_member" "m" {
  bucket = "models"
  role   = "roles/storage.objectAdmin"
  member = "allUsers"
}
