check "quickstart put the cron file in place, asleep" eval 'cmp -s "$clone/etc/cron.d/hayloft" /etc/cron.d/hayloft && ! grep -q "^[0-9]" /etc/cron.d/hayloft'
# That file, its lines switched on and due at once. Mail of cron goes to a stand-in.
printf '#!/bin/sh\ncat > /var/tmp/mail.$$ && mv /var/tmp/mail.$$ /var/tmp/mail\n' > /usr/sbin/sendmail
chmod 755 /usr/sbin/sendmail
sed 's/^#\([0-9]\)/\1/; s/^[0-9]* [0-9]* \* \* \*/* * * * */; s/ && rclone.*//' "$clone/etc/cron.d/hayloft" > /etc/cron.d/hayloft
chmod 644 /etc/cron.d/hayloft
within 150 "cron runs the report and mails it" eval 'grep -q "Cron.*hayloft report" /var/tmp/mail 2> /dev/null'
sed '1,/^$/d' /var/tmp/mail | head -6 | note
check "the report tells of a device" grep -q lost /var/tmp/mail
within 60 "cron runs the backup" eval 'tar -tzf /var/backups/hayloft.tgz > /dev/null 2>&1'
rm -f /etc/cron.d/hayloft
