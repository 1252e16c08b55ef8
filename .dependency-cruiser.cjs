// The floors of the house: an import goes to a lower floor, or stays in its own folder.
const floors = [
  ['event', 'spool'],
  ['context', 'delivery'],
  ['capture', 'requests', 'inbox'],
  ['tracking', 'integrations'],
  ['module'],
  ['testing', 'cli'],
];
// The pairs on one floor between which an arrow is allowed.
const onOneFloor = { delivery: ['context'] };

const ours = floors.flatMap((folders, floor) =>
  folders.map((folder) => {
    const lower = floors.slice(0, floor).flat();
    // event and spool import nothing of ours; inbox and testing are taps that the module does not know.
    const allowed = [folder, ...lower, ...(onOneFloor[folder] ?? [])].filter(
      (name) => !(folder === 'module' && name === 'inbox') && !(folder === 'event' && name === 'spool'),
    );
    return {
      name: `${folder}-imports-downward`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: `^src/(${allowed.join('|')})/` },
    };
  }),
);
const only = (name, packages, path) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: path },
  to: { path: packages },
});

module.exports = {
  forbidden: [
    ...ours,
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only(
      'nest-from-floor-3-up',
      'node_modules/@nestjs',
      '^src/(capture|requests|inbox|tracking|integrations|module|testing|cli|index|terminus)',
    ),
    only('rxjs-in-two-places', 'node_modules/rxjs', '^src/(requests/|tracking/follow-result)'),
    only('posthog-in-one-place', 'node_modules/posthog-node', '^src/delivery/posthog-client'),
    only('file-system-in-spool-and-cli', '^(node:)?fs(/promises)?$', '^src/(spool/|cli/|inbox/remembered-token)'),
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'module-sync', 'require', 'node', 'default', 'types'],
    },
  },
};
