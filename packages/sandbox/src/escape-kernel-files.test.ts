import { expect } from 'vitest';
import { describeEscape } from '../test/escape.ts';

describeEscape('the files of the kernel', {
  '/proc/sys, /proc/sysrq-trigger and /sys cannot be written': async (sandbox) => {
    const { stdout } = await sandbox.run(
      'for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /sys/kernel/uevent_helper /proc/irq/default_smp_affinity; do ' +
        'echo x 2> /dev/null > $f && echo "wrote $f"; done; touch /sys/x /proc/x 2> /dev/null; ls /sys/x /proc/x 2> /dev/null; echo end',
    );
    expect(stdout).toBe('end\n');
  },
  'masked files are empty': async (sandbox) => {
    const { stdout } = await sandbox.run(
      'cat /proc/kcore /proc/keys /proc/timer_list /proc/interrupts 2> /dev/null | wc -c; ls /sys/firmware /proc/acpi 2> /dev/null | grep -v :',
    );
    expect(stdout.trim()).toBe('0');
  },
  'they cannot be made writable or uncovered': async (sandbox) => {
    const { stdout } = await sandbox.run(
      'mount -o remount,rw /sys 2> /dev/null && echo remounted; umount /proc/sys 2> /dev/null && echo uncovered; ' +
        'umount -l /sys/firmware 2> /dev/null && echo unmasked; mount -t proc proc /tmp 2> /dev/null && echo mounted; echo end',
    );
    expect(stdout).toBe('end\n');
  },
});
