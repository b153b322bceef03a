import type { Abi } from '../launch/architecture.ts';

/** A call that is refused when its first argument is `value`, or has any of its bits. */
export interface ArgumentRule {
  readonly name: string;
  readonly numbers: Readonly<Record<Abi, number>>;
  readonly kind: 'equals' | 'has any of';
  readonly value: number;
}

/**
 * System calls that no build step needs and that reach far into the kernel: what Docker's default profile keeps from
 * containers that have its default capabilities. They fail with EPERM.
 */
const TABLE = `
  name                       x64  i386 arm64   arm
  acct                       163    51    89    51
  add_key                    248   286   217   309
  bpf                        321   357   280   386
  clock_settime              227   264   112   262
  clock_settime64              -   404   404   404
  create_module              174   127     -     -
  delete_module              176   129   106   129
  fanotify_init              300   338   262   367
  finit_module               313   350   273   379
  fsconfig                   431   431   431   431
  fsmount                    432   432   432   432
  fsopen                     430   430   430   430
  fspick                     433   433   433   433
  get_kernel_syms            177   130     -     -
  get_mempolicy              239   275   236   320
  init_module                175   128   105   128
  io_uring_enter             426   426   426   426
  io_uring_register          427   427   427   427
  io_uring_setup             425   425   425   425
  ioperm                     173   101     -     -
  iopl                       172   110     -     -
  kcmp                       312   349   272   378
  kexec_file_load            320     -   294   401
  kexec_load                 246   283   104   347
  keyctl                     250   288   219   311
  lookup_dcookie             212   253    18   249
  mbind                      237   274   235   319
  migrate_pages              256   294   238   400
  mount                      165    21    40    21
  mount_setattr              442   442   442   442
  move_mount                 429   429   429   429
  move_pages                 279   317   239   344
  nfsservctl                 180   169    42   169
  open_by_handle_at          304   342   265   371
  open_tree                  428   428   428   428
  open_tree_attr             467   467   467   467
  perf_event_open            298   336   241   364
  pidfd_getfd                438   438   438   438
  pivot_root                 155   217    41   218
  process_madvise            440   440   440   440
  query_module               178   167     -     -
  quotactl                   179   131    60   131
  quotactl_fd                443   443   443   443
  reboot                     169    88   142    88
  request_key                249   287   218   310
  set_mempolicy              238   276   237   321
  set_mempolicy_home_node    450   450   450   450
  setdomainname              171   121   162   121
  sethostname                170    74   161    74
  setns                      308   346   268   375
  settimeofday               164    79   170    79
  stime                        -    25     -     -
  swapoff                    168   115   225   115
  swapon                     167    87   224    87
  _sysctl                    156   149     -   149
  sysfs                      139   135     -   135
  syslog                     103   103   116   103
  umount                       -    22     -     -
  umount2                    166    52    39    52
  unshare                    272   310    97   337
  uselib                     134    86     -    86
  userfaultfd                323   374   282   388
  ustat                      136    62     -    62
  vhangup                    153   111    58   111
  vm86                         -   166     -     -
  vm86old                      -   113     -     -
`;

/** Calls that are refused only for some values of their first argument. */
export const REFUSED_BY_ARGUMENT: readonly ArgumentRule[] = [
  // Whoever makes a namespace has all capabilities in it: every CLONE_NEW….
  { name: 'clone', numbers: { x64: 56, i386: 120, arm64: 220, arm: 120 }, kind: 'has any of', value: 0x7e020000 },
  // AF_VSOCK: what is around a virtual machine is part of no network.
  { name: 'socket', numbers: { x64: 41, i386: 359, arm64: 198, arm: 281 }, kind: 'equals', value: 40 },
];

/** `clone3`, everywhere. Its flags lie in memory, where no filter looks: it seems to be missing, and programs use `clone`. */
export const CLONE3 = 435;

const [HEADER = [], ...ROWS] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));

export const REFUSED_NAMES: readonly string[] = ROWS.map(([name = '']) => name);

/** Numbers of the calls that are refused always, as far as `abi` has them. */
export function refusedNumbers(abi: Abi): readonly number[] {
  const column = HEADER.indexOf(abi);
  return ROWS.map((row) => Number(row[column])).filter((number) => !Number.isNaN(number));
}
