/** `fragments: 'tree'` builds templates node by node, so that the content security policy needs no exception. */
export default {
  compilerOptions: { runes: true, fragments: 'tree' },
};
