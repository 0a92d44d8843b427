import { isolated, list, number, percent } from '../../../i18n/format';
import { m } from '../../../paraglide/messages';
import type { Proposal, Run } from './documents';

/** What a proposal says, in a sentence. */
export function proposalWords(proposal: Proposal): string {
  const names = list(proposal.themes.map((theme) => isolated(theme.name)));
  const count = proposal.parts.length;
  switch (proposal.kind) {
    case 'MERGE':
      return m.proposals_merge({ names });
    case 'SPLIT':
      return m.proposals_split({ name: names, count, number: number(count) });
    case 'NEW':
      return m.proposals_new({ names });
    case 'RETIRE':
      return m.proposals_retire({ name: names });
  }
}

/** What accepting it does, in a sentence; `name` is what the theme that comes of it is to be called. */
export function consequenceWords(proposal: Proposal, name: string): string {
  if (proposal.kind === 'MERGE') return m.proposals_merge_then({ name: isolated(name) });
  return proposal.kind === 'RETIRE' ? m.proposals_retire_then() : m.proposals_split_then();
}

/** The part whose name can be chosen when accepting: of a merge the theme that stays, else the first new one. */
export function namedPart(proposal: Proposal): Proposal['parts'][number] | null {
  if (proposal.kind === 'RETIRE') return null;
  return proposal.parts.find((part) => (proposal.kind === 'MERGE' ? true : part.isNew)) ?? null;
}

/** Why a run found as many themes as it did, in a sentence. */
function countWords({ board }: NonNullable<Run['report']>): string {
  switch (board.reason) {
    case 'FEW':
      return m.run_few();
    case 'KEPT':
      return m.run_kept();
    case 'ONLY':
      return m.run_only();
    case 'BEST':
      return m.run_best({ tried: number(board.tried ?? 0), least: number(board.least ?? 0), most: number(board.most ?? 0) });
  }
}

/** How good its themes are and what it changed, sentence by sentence. */
export function runWords(report: NonNullable<Run['report']>): string[] {
  const told = [countWords(report)];
  const { stability } = report.board;
  if (stability !== null) told.push(m.run_stability({ share: percent(Math.max(0, stability)) }));
  if (report.languages > 1) told.push(m.run_mixed({ share: percent(report.mixed) }));
  if (report.stayed !== null) told.push(m.run_stayed({ share: percent(report.stayed), added: number(report.added ?? 0), gone: number(report.gone ?? 0) }));
  return told;
}
