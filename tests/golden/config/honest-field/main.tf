terraform {
  required_version = ">= 1.6"
}
resource "aws_s3_bucket_acl" "models" {
  bucket = aws_s3_bucket.models.id # not public-read-write
  acl    = "private"
  tags   = { team = "ml" }
}
resource "google_storage_bucket_iam_member" "m" {
  bucket = "models"
  member = "group:ml-engineers"
  policy = <<EOT
    {"Statement": []}
  EOT
}
