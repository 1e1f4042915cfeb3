-- What a signed decision makes anew; all else of the file stays as it was built.
delete from ownership_claim;

delete from org;

delete from ownership_spell;

delete from state_spell;

delete from channel_tag;
