"""What must be changeable and erasable: people, sign-in secrets, sessions, images and drafts."""
