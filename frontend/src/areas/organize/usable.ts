/** Whether a link still lets someone in; it ends at its last instant (ms), exclusive. */
export function isUsable(invitation: { isRevoked: boolean; expiresAt: number; uses: number; maxUses: number }, now: number): boolean {
  return !invitation.isRevoked && now < invitation.expiresAt && invitation.uses < invitation.maxUses;
}
