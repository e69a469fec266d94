# The profile page that job seekers see.
profile-title = A { -organisation } mentor
profile-lead = Mentors help people find a job or start one of their own. They do it for free.
profile-expertise = Areas of expertise
profile-photo = Photo of this mentor
profile-none-title = There is no mentor here
profile-none = No mentor can be found at this address. Please check the link, or look for another mentor.
