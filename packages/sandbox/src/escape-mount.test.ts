import { expect } from 'vitest';
import { describeEscape } from '../test/escape.ts';

describeEscape('mounting', {
  'root of the sandbox cannot mount, unmount or change a mount': async (sandbox) => {
    const { stdout } = await sandbox.run(
      'mount -t tmpfs none /tmp 2> /dev/null && echo mounted; mount --bind /bin /tmp 2> /dev/null && echo bound; ' +
        'umount /etc/hosts 2> /dev/null && echo unmounted; mount -o remount,dev / 2> /dev/null && echo changed; ' +
        'pivot_root / /tmp 2> /dev/null && echo pivoted; echo end',
    );
    expect(stdout).toBe('end\n');
  },
  'nor can root of a user namespace uncover what is below': async (sandbox) => {
    const { stdout } = await sandbox.run(
      'unshare -Ur sh -c "umount -l / ; umount -l /proc/sys; mount -o remount,rw /sys; mount -o remount,bind,dev /" 2> /dev/null; ' +
        'echo x > /proc/sys/kernel/hostname 2> /dev/null; ls / | head -1',
    );
    expect(stdout).toBe('bin\n');
  },
});
