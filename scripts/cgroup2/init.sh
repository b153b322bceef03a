#!/bin/busybox sh
# First process of the virtual machine: the machine's own files, read-only below a file system in memory, and cgroups
# of version 2 alone. Then the job of /job.
export PATH=/bin
/bin/busybox --install -s /bin
mkdir -p /proc /sys /dev /host /memory /new
mount -t proc proc /proc && mount -t sysfs sysfs /sys && mount -t devtmpfs dev /dev
for module in /modules/*; do insmod "$module" || exit 1; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=512000 host /host || exit 1
mount -t tmpfs tmpfs /memory && mkdir /memory/upper /memory/work
mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work overlay /new
mount -t proc proc /new/proc && mount -t sysfs sysfs /new/sys && mount -t devtmpfs dev /new/dev
mkdir -p /new/dev/pts /new/dev/shm
mount -t devpts devpts /new/dev/pts && mount -t tmpfs tmpfs /new/dev/shm && mount -t tmpfs tmpfs /new/run
mkdir -m 1777 /new/run/disk && mount -t ext4 /dev/vda /new/run/disk && chmod 1777 /new/run/disk || exit 1
mount -t cgroup2 cgroup2 /new/sys/fs/cgroup
cp /job /new/run/job
exec switch_root /new /bin/sh /run/job
