import { expect, test } from 'vitest';
import { expandRunMounts } from './run-mounts.ts';

const ENV = new Map([
  ['D', '/mnt/in'],
  ['S', 'sub'],
  ['T', 'cache'],
  ['HOSTILE', '/x,from=evil'],
]);

test.each([
  ['target=/x', { type: 'bind', target: '/x', readOnly: true }],
  ['type=bind,source=$S,dst=${D},rw', { type: 'bind', target: '/mnt/in', source: 'sub', readOnly: false }],
  [
    'from=stage,src=/a,destination=b,ro=false',
    { type: 'bind', target: 'b', source: '/a', from: 'stage', readOnly: false },
  ],
  ['target=$HOSTILE', { type: 'bind', target: '/x,from=evil', readOnly: true }],
  ['"target=/a,b"', { type: 'bind', target: '/a,b', readOnly: true }],
  ['type=$T,target=/c/../d/', { type: 'cache', target: '/c/../d/', id: '/d', sharing: 'shared', readOnly: false }],
  [
    'type=cache,id=i,target=/c,sharing=LOCKED,mode=0700,uid=1,gid=2,ro',
    { type: 'cache', target: '/c', id: 'i', sharing: 'locked', readOnly: true, mode: 0o700, uid: 1, gid: 2 },
  ],
  ['type=tmpfs,target=/t,size=1.5m', { type: 'tmpfs', target: '/t', size: 1_572_864, readOnly: false }],
  ['type=secret,id=a', { type: 'secret', id: 'a', required: false, target: '/run/secrets/a' }],
  ['type=secret,target=/cfg/tok,required', { type: 'secret', id: 'tok', required: true, target: '/cfg/tok' }],
  ['type=secret,src=a,env=A', { type: 'secret', id: 'a', required: false, env: 'A' }],
  ['type=ssh', { type: 'ssh', id: 'default', required: false }],
  ['type=ssh,id=k,required=1,mode=0600', { type: 'ssh', id: 'k', required: true, mode: 0o600 }],
])('--mount=%s', (word, mount) => {
  expect(expandRunMounts([word], ENV)).toEqual([mount]);
});

test.each([
  ['type=magic,target=/m', 'unsupported mount type "magic"'],
  ['target=/m,colour=red', 'unexpected key "colour" in "colour=red"'],
  ['type=cache,target=/m,required=true', "unexpected key 'required' for mount type 'cache'"],
  ['target=/m,size=1m', "unexpected key 'size' for mount type 'bind'"],
  ['target=/m,mode=0644', 'mode not allowed for "bind" type mounts'],
  ['target=/m,sharing=locked', 'bind mount should not define sharing'],
  ['type=cache,target=/m,sharing=some', 'unsupported sharing value "some"'],
  ['type=cache,target=/m,mode=0999', 'invalid value "0999" for mode'],
  ['type=cache,target=/m,uid=-1', 'invalid value "-1" for uid'],
  ['target=/m,ro=yes', 'invalid value for ro: "yes"'],
  ['type=tmpfs,target=/m,size=big', 'invalid value for size: "big"'],
  ['target', 'must be a key=value pair'],
  ['type=secret', 'one of source, target, id required'],
  ['type=secret,id=a,source=b', "both source and id can't be set"],
  ['type=secret,id=a,from=b', 'secret mount should not have a from'],
  ['target="/m', 'bare "'],
])('--mount=%s is refused', (word, problem) => {
  expect(() => expandRunMounts([word], ENV)).toThrow(problem);
});
